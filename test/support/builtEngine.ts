import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bundleWorker, packEngineData } from './bundle';

export interface BuiltEngine {
  process: ChildProcess;
  address: string;
  stop(): Promise<void>;
}

/** Builds the engine and what its threads run, which must lie side by side; returns the engine's path. */
export async function buildEngine(): Promise<string> {
  await bundleWorker('src/engine/extract/extractWorker.ts');
  await packEngineData();
  return bundleWorker('src/engine/main.ts');
}

/** The real engine in a process of its own, alone on a free port. */
export async function startEngine(): Promise<BuiltEngine> {
  const child = spawn(process.execPath, [await buildEngine(), '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise<string>((found, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, shown] = /listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
      if (shown !== undefined) found(shown);
    });
    child.once('exit', (code) => failed(new Error(`the engine ended with ${code ?? 'a signal'}`)));
  });
  return {
    process: child,
    address: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolved) => child.once('exit', resolved));
      child.kill();
      await ended;
    },
  };
}
