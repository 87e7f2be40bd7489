import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface BenchSite {
  port: number;
  end(): void;
}

/** @param folder Of real pages, `<id>.html.gz`, for `/real/<number>`. */
export async function startBenchSite(folder?: string): Promise<BenchSite> {
  const command = ['--import', 'tsx', 'test/bench/benchSite.ts', ...(folder === undefined ? [] : [folder])];
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { port: Number(port), end: () => child.stdin.end() };
}
