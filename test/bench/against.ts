/**
 * The engine against others on the same pages: `npm run bench -- against [PAGES-FOLDER]`. The engine's full path, to a
 * client that has the Markdown, beside CheerioCrawler that reads title and links alone; and, on the real pages of
 * PAGES-FOLDER (`<id>.html.gz`), beside Readability, linkedom and turndown in one thread. The packages are fetched into
 * `.cache/bench` when it runs first. All subjects are processes of their own, in turns.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall, npmInstall } from '../harness/cachedInstall';
import { buildEngine } from '../support/builtEngine';
import { bundleWorker } from '../support/bundle';
import type { CrawlSpeed } from './crawlSpeed';
import { startBenchSite } from './startBenchSite';

const rounds = 2;
const run = promisify(execFile);
const packages = ['@crawlee/cheerio@3.18.1', 'turndown@7.2.5'];

type Subject = () => Promise<CrawlSpeed>;

async function subject(entry: string, args: string[]): Promise<Subject> {
  const path = await bundleWorker(`test/bench/${entry}.ts`);
  return async () => {
    const { stdout } = await run(process.execPath, [path, ...args]);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CrawlSpeed;
  };
}

async function compare(title: string, ours: Subject, theirs: Subject): Promise<void> {
  const sums = [ours, theirs].map((take) => ({ take, pages: 0, seconds: 0, rssMb: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const sum of sums) {
      const { pages, seconds, rssMb } = await sum.take();
      sum.pages += pages;
      sum.seconds += seconds;
      sum.rssMb = Math.max(sum.rssMb, rssMb);
    }
  }
  const [own, other] = sums.map(({ pages, seconds, rssMb }) => ({ pages, speed: pages / seconds, rssMb }));
  if (!own || !other) return;
  const told = ({ pages, speed, rssMb }: typeof own): string =>
    `${speed.toFixed(0)} pages/s (${pages} pages, ${rssMb.toFixed(0)} MB)`;
  const speedRatio = (own.speed / other.speed).toFixed(2);
  const memoryRatio = (own.rssMb / other.rssMb).toFixed(2);
  const load = loadavg()[0]?.toFixed(1) ?? '';
  console.log(`${title}: ${told(own)} against ${told(other)}`);
  console.log(`  ${speedRatio} times its speed with ${memoryRatio} of its memory; load ${load}`);
}

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const installed = await cachedInstall(
    'crawlee-3.18.1-turndown-7.2.5',
    (dir) => npmInstall(dir, packages),
    resolve('.cache/bench'),
  );
  const engine = await buildEngine();
  const site = await startBenchSite(folder);
  const origin = `http://127.0.0.1:${site.port}`;
  const sizes = [
    ['small', '1500'],
    ['large', '300'],
  ] as const;
  for (const [kind, count] of sizes) {
    const ours = await subject('engineSubject', [engine, `${origin}/${kind}`, count]);
    const theirs = await subject('cheerioSubject', [installed, `${origin}/${kind}`, count]);
    await compare(`${kind} pages, CheerioCrawler`, ours, theirs);
  }
  if (folder !== undefined) {
    const count = readdirSync(folder).filter((name) => name.endsWith('.html.gz')).length;
    const ours = await subject('engineSubject', [engine, `${origin}/real`, String(count)]);
    const theirs = await subject('readabilitySubject', [installed, resolve(folder)]);
    await compare('real pages, Readability + linkedom + turndown', ours, theirs);
  }
  site.end();
}

void main();
