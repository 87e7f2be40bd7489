import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import type { EngineReady, EngineStart } from '../../src/engine/readyLine';

export interface OwnEngine {
  address: string;
  apiKey: string;
  stop(): void;
}

const path = join(__dirname, '../../dist/engine.js');

/** The built engine on a free port; it ends with this process, whatever ends that. */
export async function startOwnEngine(): Promise<OwnEngine> {
  if (!existsSync(path)) throw new Error('The engine is not built yet. Run: npm run build');
  // In a process group of its own, so that Ctrl+C reaches the example and not its server.
  const child = spawn(process.execPath, [path, '--child'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    windowsHide: true,
  });
  const start: EngineStart = { token: randomUUID(), settings: defaultFetchSettings };
  child.stdin.write(`${JSON.stringify(start)}\n`);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The engine ended with ${code ?? 'a signal'}.`)));
  });
  const { port } = JSON.parse(line) as EngineReady;
  return { address: `http://127.0.0.1:${port}`, apiKey: start.token, stop: () => child.stdin.end() };
}
