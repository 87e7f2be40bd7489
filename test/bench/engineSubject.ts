/** A subject of `against.ts`: `ENGINE URL COUNT`. Crawls by the engine, client included, and prints what it took. */
import { readFileSync } from 'node:fs';
import { EngineProcess } from '../../src/app/engineProcess';
import { RipTideClient } from '../../src/client/ripTideClient';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import type { CrawlSpeed } from './crawlSpeed';
import { silentLogger } from './silentLogger';

/** Where the system tells of it; elsewhere the engine's own memory is left out. */
function peakRssMb(pid: number): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function main(): Promise<void> {
  const [enginePath = '', site = '', count = ''] = process.argv.slice(2);
  const settings = { ...defaultFetchSettings, concurrency: 16, perHost: 16, delayMs: 0 };
  const engine = new EngineProcess(enginePath, () => settings, silentLogger);
  const { address, token } = await engine.start();
  const client = new RipTideClient({ address, apiKey: token });
  const urls = Array.from({ length: Number(count) }, (_, at) => `${site}/${at}`);
  const startedAtMs = performance.now();
  let pages = 0;
  for await (const event of client.crawl(urls)) {
    if (event.message_type === 'result' && event.data.result.document?.markdown) pages += 1;
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { state } = engine;
  const engineMb = state.kind === 'ready' ? peakRssMb(state.pid) : Number.NaN;
  const speed: CrawlSpeed = { pages, seconds, rssMb: engineMb + process.resourceUsage().maxRSS / 1024 };
  await client.close();
  await engine.stop();
  console.log(JSON.stringify(speed));
}

void main();
