import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';

export interface GuardedProcess {
  /** Resolves to the exit code once the process and all that it started are gone. */
  readonly ended: Promise<number>;
  /** Ends the process and all that it started; resolves when they are gone. */
  stop(): Promise<void>;
}

export interface GuardedOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A file that takes the output instead of this process's own. */
  readonly logFile?: string;
}

const running = new Set<GuardedProcess>();

/** Starts a command that cannot outlive this process, nor can anything it starts: see guard.mjs. */
export function startGuarded(
  command: string,
  args: readonly string[],
  options: GuardedOptions = {},
): GuardedProcess {
  const output = options.logFile === undefined ? 'inherit' : 'pipe';
  const guard = spawn(process.execPath, [resolve(__dirname, 'guard.mjs'), command, ...args], {
    stdio: ['pipe', output, output],
    // Out of reach of a Ctrl+C at the terminal: its owner decides when it ends.
    detached: true,
    windowsHide: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: options.env ?? process.env,
  });
  if (options.logFile !== undefined) {
    const log = createWriteStream(options.logFile);
    guard.stdout?.pipe(log, { end: false });
    guard.stderr?.pipe(log, { end: false });
  }
  // The guard may be gone before its pipe is closed.
  guard.stdin?.on('error', () => undefined);
  const ended = once(guard, 'exit').then(([code]) => (code as number | null) ?? 1);
  const guarded: GuardedProcess = {
    ended,
    async stop() {
      guard.stdin?.end();
      await ended;
    },
  };
  running.add(guarded);
  void ended.then(() => running.delete(guarded));
  return guarded;
}

/** Ends every process that this one has started and not yet ended. */
export async function stopAllGuarded(): Promise<void> {
  await Promise.all([...running].map((guarded) => guarded.stop()));
}

/** Runs a command to its end; resolves to its exit code. */
export async function runGuarded(
  command: string,
  args: readonly string[],
  options?: GuardedOptions,
): Promise<number> {
  return startGuarded(command, args, options).ended;
}
