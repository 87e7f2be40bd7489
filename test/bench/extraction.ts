/**
 * Extracts a folder of gzipped pages and writes their main texts, to be scored against human ones:
 *
 *   npx tsx test/bench/extraction.ts PAGES-FOLDER PREDICTIONS.json
 *
 * PAGES-FOLDER holds `<id>.html.gz`; PREDICTIONS.json becomes `{ "<id>": { "articleBody": "…" } }`.
 * Prints the time a page takes in one thread, hand-over included, warm.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ReadingPool } from '../support/readingPool';

const suffix = '.html.gz';

async function main(): Promise<void> {
  const [folder, outputFile] = process.argv.slice(2);
  if (folder === undefined || outputFile === undefined) {
    throw new Error('Usage: npx tsx test/bench/extraction.ts PAGES-FOLDER PREDICTIONS.json');
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  const pool = new ReadingPool();
  await pool.start();
  const predictions: Record<string, { articleBody: string }> = {};
  const timesMs: number[] = [];
  for (const isWarm of [false, true]) {
    for (const name of names) {
      const body = new Uint8Array(gunzipSync(readFileSync(join(folder, name))));
      const startedAt = performance.now();
      const { document } = await pool.read(body, { url: `https://example.com/${name}` });
      if (isWarm) timesMs.push(performance.now() - startedAt);
      predictions[name.slice(0, -suffix.length)] = { articleBody: document.text };
    }
  }
  await pool.stop();
  writeFileSync(outputFile, JSON.stringify(predictions));
  timesMs.sort((a, b) => a - b);
  const at = (share: number) => (timesMs[Math.floor((timesMs.length - 1) * share)] ?? 0).toFixed(1);
  console.log(`${names.length} pages, ms a page: median ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`);
}

void main();
