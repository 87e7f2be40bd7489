// `npm start`: builds the extension and opens a real editor with it, until Ctrl+C.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { findDesktopEditor } from './desktopEditor';
import { editorEnv, startEditor, workbenchUrl } from './editor';
import { hasDisplay } from './findExecutable';
import { runGuarded, startGuarded, type GuardedProcess } from './guardedProcess';
import { cacheDir, projectDir } from './paths';
import { stopAllOnTermination } from './termination';

const workspace = resolve(projectDir, 'examples/workspace');
// Kept between starts, so that crawls and settings are there again.
const profileDir = resolve(cacheDir, 'start-profile');

function startDesktop(executable: string): GuardedProcess {
  const args = [
    workspace,
    `--extensionDevelopmentPath=${projectDir}`,
    `--user-data-dir=${resolve(profileDir, 'desktop')}`,
    `--extensions-dir=${resolve(profileDir, 'desktop-extensions')}`,
    ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--disable-updates'],
    // Chromium refuses its sandbox to root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  return startGuarded(executable, args, { env: editorEnv() });
}

async function startInBrowser(): Promise<GuardedProcess> {
  const editor = await startEditor({ profileDir, extensionDir: projectDir });
  const { href } = workbenchUrl(editor, workspace);
  console.log(`\nRipTide is ready in an editor at\n\n  ${href}\n`);
  if (hasDisplay()) openInBrowser(href);
  return editor;
}

/** The person's own browser, so nothing for us to end. */
function openInBrowser(url: string): void {
  const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ['open', url],
    win32: ['cmd', '/c', 'start', '', url],
  };
  const [command = '', ...args] = commands[process.platform] ?? ['xdg-open', url];
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.on('error', () => console.log('No browser could be opened: open the address yourself.'));
  opener.unref();
}

async function main(): Promise<void> {
  stopAllOnTermination();
  console.log('Building the extension…');
  const exitCode = await runGuarded(process.execPath, ['esbuild.js'], { cwd: projectDir });
  if (exitCode !== 0) throw new Error('The build failed, so there is nothing to open.');
  const desktop = findDesktopEditor();
  const editor = desktop === undefined ? await startInBrowser() : startDesktop(desktop);
  console.log(desktop === undefined ? 'Ctrl+C ends it.' : `Opened ${desktop}. Ctrl+C ends it.`);
  process.exitCode = await editor.ended;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
