import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { installCodeServer } from './codeServer';
import { startGuarded, type GuardedProcess } from './guardedProcess';
import { findNode } from './node';

const START_TIMEOUT_MS = 60_000;

/** Keeps the window free of what has nothing to do with the extension. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

export interface EditorOptions {
  /** Kept; without it a temporary one is made and removed again. */
  readonly profileDir?: string;
  /** The folder of an extension to install as it lies there, so that a reload of the window sees a new build. */
  readonly extensionDir?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether a folder must be trusted first, as in a person's own editor. */
  readonly isTrustRequired?: boolean;
  /** Whether the page's address may name an extension's tests; a released build ignores them otherwise. */
  readonly isTestHost?: boolean;
}

export interface Editor {
  /** Host and port. */
  readonly authority: string;
  readonly ended: Promise<number>;
  /** Resolves when every process of the editor is gone. */
  stop(): Promise<void>;
}

/** Starts the real editor's server, its page to be opened in a browser, on a free loopback port. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const [node, script] = [await findNode(), await installCodeServer()];
  const profileDir = options.profileDir ?? (await mkdtemp(join(tmpdir(), 'riptide-editor-')));
  await fillProfile(profileDir, options);
  const authority = `127.0.0.1:${await freePort()}`;
  const logFile = resolve(profileDir, 'editor.log');
  const server = startGuarded(node, [script, ...serverArguments(profileDir, authority, options)], {
    env: editorEnv(),
    logFile,
  });
  const stop = async () => {
    await server.stop();
    if (options.profileDir === undefined)
      await rm(profileDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await answering(authority, server);
  } catch (error) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await stop();
    throw new Error(`The editor did not start. The end of its log:\n${log.slice(-2_000)}`, { cause: error });
  }
  return { authority, ended: server.ended, stop };
}

/** The address of the workbench with a folder open. */
export function workbenchUrl(editor: Editor, folder: string): URL {
  const url = new URL(`http://${editor.authority}/`);
  url.searchParams.set('folder', uriPath(folder));
  return url;
}

/** A file's path as the editor's addresses have it, on Windows as well. */
export function uriPath(path: string): string {
  return decodeURIComponent(pathToFileURL(path).pathname);
}

/** The environment without what an editor that this process runs in has left there for its own use. */
export function editorEnv(): NodeJS.ProcessEnv {
  const isForeign = (name: string) => /^(VSCODE_|ELECTRON_|CODE_SERVER_|PORT$)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}

async function fillProfile(profileDir: string, options: EditorOptions): Promise<void> {
  const userDir = resolve(profileDir, 'data/User');
  const extensionsDir = resolve(profileDir, 'extensions');
  await mkdir(userDir, { recursive: true });
  const settings = JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, null, 2);
  // A kept profile keeps what its owner has set.
  await writeFile(resolve(userDir, 'settings.json'), settings, { flag: 'wx' }).catch(() => undefined);
  // The editor's list of extensions in there would outlive a change of our version.
  await rm(extensionsDir, { recursive: true, force: true });
  await mkdir(extensionsDir);
  if (options.extensionDir === undefined) return;
  const manifest = JSON.parse(await readFile(resolve(options.extensionDir, 'package.json'), 'utf8')) as {
    readonly publisher: string;
    readonly name: string;
    readonly version: string;
  };
  const link = resolve(extensionsDir, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  await symlink(options.extensionDir, link, 'junction');
}

function serverArguments(profileDir: string, authority: string, options: EditorOptions): string[] {
  return [
    ...['--auth', 'none', '--bind-addr', authority],
    ...['--config', resolve(profileDir, 'config.yaml')],
    ...['--user-data-dir', resolve(profileDir, 'data')],
    ...['--extensions-dir', resolve(profileDir, 'extensions')],
    ...['--disable-telemetry', '--disable-update-check'],
    ...(options.isTrustRequired === true ? [] : ['--disable-workspace-trust']),
    ...(options.isTestHost === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
}

async function answering(authority: string, server: GuardedProcess): Promise<void> {
  const end = new AbortController();
  void server.ended.then(() => {
    end.abort();
  });
  const startedAt = Date.now();
  for (;;) {
    const isUp = await fetch(`http://${authority}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    if (end.signal.aborted) throw new Error('It ended early.');
    if (Date.now() - startedAt > START_TIMEOUT_MS) throw new Error('It took too long.');
    await delay(100);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}
