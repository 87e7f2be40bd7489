/**
 * What four crawls of 10,000 pages at once take of memory: `npm run bench -- memory`. Prints by how much the process has
 * grown at most, and what is left of it.
 */
import { StreamBench } from './streamBench';

const crawls = 4;
const pagesEach = 10_000;
const pageBytes = 20_000;
const sampleEveryMs = 50;

async function main(): Promise<void> {
  const bench = await StreamBench.start();
  // What is loaded once is no growth.
  await (
    await bench.prepare(500, pageBytes)
  )();
  const runs = await Promise.all(Array.from({ length: crawls }, () => bench.prepare(pagesEach, pageBytes)));
  globalThis.gc?.();
  const before = process.memoryUsage();
  const most = { ...before };
  const sample = (): void => {
    const now = process.memoryUsage();
    for (const key of ['rss', 'heapUsed', 'external', 'arrayBuffers'] as const)
      most[key] = Math.max(most[key], now[key]);
  };
  const sampling = setInterval(sample, sampleEveryMs);
  await Promise.all(runs.map((run) => run()));
  clearInterval(sampling);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(`${crawls} crawls of ${pagesEach} pages of ${pageBytes} bytes at once`);
  for (const key of ['rss', 'heapUsed', 'external', 'arrayBuffers'] as const) {
    console.log(
      `  ${key.padEnd(14)}at most +${mb(most[key] - before[key])}, +${mb(after[key] - before[key])} in the end`,
    );
  }
  await bench.end();
}

void main();
