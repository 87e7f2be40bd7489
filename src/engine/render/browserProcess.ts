import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { DevTools } from './devTools';

const profilePrefix = 'riptide-browser-';
const maxScriptHeapMb = 512;

const flags = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-sync',
  '--block-new-web-contents',
  '--deny-permission-prompts',
  '--hide-scrollbars',
  '--mute-audio',
  '--password-store=basic',
  '--use-mock-keychain',
  // Every page has a proxy of its own that judges addresses. What would go past it finds no way: nothing listens at
  // this one, loopback is not excepted from it, no name is resolved here, and WebRTC sends nothing by UDP.
  '--proxy-server=http://127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-quic',
  `--js-flags=--max-old-space-size=${maxScriptHeapMb}`,
];

/** A browser without a window, with a profile that is thrown away. It ends with this process, however that ends. */
export class BrowserProcess {
  readonly devTools: DevTools;
  /** Resolves when it has ended, by itself or not, to what it last said. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly removeAtExit = (): void => this.kill();

  constructor(path: string) {
    removeAbandonedProfiles();
    this.profile = mkdtempSync(join(tmpdir(), `${profilePrefix}${process.pid}-`));
    this.child = spawn(path, [...flags, `--user-data-dir=${this.profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const [, , , input, output] = this.child.stdio;
    this.devTools = new DevTools(input as Writable, output as Readable);
    let lastWords = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-2_000);
    });
    this.ended = new Promise((resolve) => {
      const end = (message: string): void => {
        process.off('exit', this.removeAtExit);
        this.devTools.close();
        removeFolder(this.profile);
        resolve(message);
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('exit', () => end(lastWords.trim()));
    });
    process.once('exit', this.removeAtExit);
  }

  kill(): void {
    this.child.kill('SIGKILL');
    removeFolder(this.profile);
  }
}

/** Those of engines that were killed: they had no time to tidy up. */
function removeAbandonedProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(profilePrefix) ? Number.parseInt(name.slice(profilePrefix.length), 10) : NaN;
    if (pid > 0 && !isRunning(pid)) removeFolder(join(tmpdir(), name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A process of the browser may still be writing; the next start removes what is left.
  }
}
