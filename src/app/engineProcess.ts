import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Emitter } from '../base/emitter';
import type { Logger } from '../base/logger';
import type { FetchSettings } from '../engine/fetchSettings';
import type { EngineReady, EngineStart } from '../engine/readyLine';

/** An engine that is not ready by then is taken for broken. */
const startTimeoutMs = 15_000;

/**
 * Its garbage is short-lived: left alone, the heap for that grows eightfold with the length of a crawl and is no faster.
 * With an end in sight the other heap is cleared before it has four times the size of what is alive. The engine's threads
 * have their own limits.
 */
const engineFlags = ['--max-semi-space-size=4', '--max-old-space-size=768'];

/** How long the engine gets to end by itself before it is killed. */
const stopGraceMs = 2_000;

export type EngineState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'ready'; pid: number; port: number; version: string }
  | { kind: 'crashed'; message: string };

/** Where a ready engine listens, and the key it asks for. */
export interface EngineAddress {
  address: string;
  token: string;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly reason: 'start-failed' | 'start-timeout' | 'stopped';

  constructor(reason: EngineError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Life of the built-in engine: started when first asked for, in the editor's own runtime. */
export class EngineProcess {
  private readonly enginePath: string;
  private readonly readSettings: () => FetchSettings | Promise<FetchSettings>;
  private readonly logger: Logger;
  private readonly changed = new Emitter<EngineState>();
  private currentState: EngineState = { kind: 'stopped' };
  private child: ChildProcess | null = null;
  private starting: Promise<EngineAddress> | null = null;

  readonly onDidChangeState = this.changed.event;

  constructor(
    enginePath: string,
    readSettings: () => FetchSettings | Promise<FetchSettings>,
    logger: Logger,
  ) {
    this.enginePath = enginePath;
    this.readSettings = readSettings;
    this.logger = logger;
  }

  get state(): EngineState {
    return this.currentState;
  }

  /** @throws {EngineError} `start-failed`, `start-timeout`, or `stopped` when it is stopped meanwhile. */
  start(): Promise<EngineAddress> {
    this.starting ??= this.spawnEngine();
    return this.starting;
  }

  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    this.starting = null;
    if (child?.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      // The end of its input is the engine's sign to go.
      child.stdin?.end();
      const grace = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
      await exited;
      clearTimeout(grace);
    }
    if (!this.hasStartedAgain()) this.become({ kind: 'stopped' });
  }

  async restart(): Promise<EngineAddress> {
    await this.stop();
    return this.start();
  }

  private spawnEngine(): Promise<EngineAddress> {
    this.become({ kind: 'starting' });
    const token = randomBytes(32).toString('base64url');
    const child = spawn(process.execPath, [...engineFlags, this.enginePath, '--child'], {
      env: engineEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.child = child;
    // A child that died at once breaks the pipe; its exit tells why.
    child.stdin.on('error', (error) => this.logger.debug(`engine input: ${error.message}`));
    void this.sendStart(child, token);
    createInterface({ input: child.stderr }).on('line', (line) => this.logLine(line));

    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new EngineError('start-timeout', `The engine was not ready within ${startTimeoutMs / 1000} s`),
        );
        child.kill('SIGKILL');
      }, startTimeoutMs);
      createInterface({ input: child.stdout }).once('line', (line) => {
        clearTimeout(timer);
        const ready = readReadyLine(line);
        if (ready === null) {
          reject(new EngineError('start-failed', 'The engine said something else than that it is ready'));
          child.kill('SIGKILL');
          return;
        }
        const { port, version } = ready;
        this.logger.info(`engine ${version} ready on port ${port}, process ${child.pid ?? 0}`);
        if (this.child === child) this.become({ kind: 'ready', pid: child.pid ?? 0, port, version });
        resolve({ address: `http://127.0.0.1:${port}`, token });
      });
      const end = (message: string): void => {
        clearTimeout(timer);
        const wasStopped = this.child !== child;
        reject(new EngineError(wasStopped ? 'stopped' : 'start-failed', message));
        if (wasStopped) return;
        this.logger.error(message);
        this.child = null;
        this.starting = null;
        this.become({ kind: 'crashed', message });
      };
      child.once('error', (error) => end(`The engine could not be started: ${error.message}`));
      child.once('exit', (code, signal) => end(`The engine ended (${signal ?? `exit code ${code ?? 0}`})`));
    });
  }

  private async sendStart(child: ChildProcess, token: string): Promise<void> {
    try {
      const start: EngineStart = { token, settings: await this.readSettings() };
      child.stdin?.write(`${JSON.stringify(start)}\n`);
    } catch (error) {
      this.logger.error(`The engine's settings cannot be read: ${String(error)}`);
      child.kill('SIGKILL');
    }
  }

  private hasStartedAgain(): boolean {
    return this.starting !== null;
  }

  private logLine(line: string): void {
    const [level = '', message = ''] = line.split(/ (.*)/s, 2);
    if (level === 'debug' || level === 'info' || level === 'warn' || level === 'error') {
      this.logger[level](`engine: ${message}`);
    } else {
      this.logger.warn(`engine: ${line}`);
    }
  }

  private become(state: EngineState): void {
    this.currentState = state;
    this.changed.fire(state);
  }
}

function readReadyLine(line: string): EngineReady | null {
  try {
    return JSON.parse(line) as EngineReady;
  } catch {
    return null;
  }
}

/** The editor's environment, made to run a script and without what would attach a debugger to it. */
function engineEnvironment(): NodeJS.ProcessEnv {
  return {
    // The engine sets it as well, which Windows takes no notice of.
    UV_THREADPOOL_SIZE: '64',
    // Of the C library on Linux: each of its heaps keeps what its threads have freed, and by default there are 8 a core.
    MALLOC_ARENA_MAX: '2',
    ...process.env,
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: undefined,
    VSCODE_INSPECTOR_OPTIONS: undefined,
  };
}
