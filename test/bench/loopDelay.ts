/**
 * Tells how long the engine's main thread is held while it serves crawls of pages of 5 MB:
 *
 *   npx tsx test/bench/loopDelay.ts [ROUNDS]
 *
 * The site and the client run in threads of their own, the engine's parts in this one. Other work of the machine holds
 * up every thread, so beside the clock's time it prints the thread's own, which only the engine can spend.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Crawler } from '../../src/engine/crawler';
import { ExtractPool } from '../../src/engine/extract/extractPool';
import { PageFetcher } from '../../src/engine/fetch/pageFetcher';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { PageReader } from '../../src/engine/pageReader';
import { CrawlServer } from '../../src/engine/server/crawlServer';
import { bundleWorker } from '../support/bundle';

const pageBytes = 5 * 1024 * 1024;
const pagesAtOnce = 20;

/** `process.threadCpuUsage` is newer than the types. */
type ThreadUsage = () => { user: number; system: number };

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const extractPool = new ExtractPool({
    workerPath: await bundleWorker('src/engine/extract/extractWorker.ts'),
  });
  const fetcher = new PageFetcher({ ...defaultFetchSettings, delayMs: 0, timeoutMs: 120_000 });
  const log = (message: string): void => console.log(message);
  const server = new CrawlServer({
    host: '127.0.0.1',
    port: 0,
    token: null,
    version: '0.0.0',
    crawler: new Crawler(fetcher, new PageReader(extractPool)),
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const port = await server.listen();
  const others = new Worker(__filename, { execArgv: ['--require', 'tsx/cjs'] });
  const [siteUrl] = (await once(others, 'message')) as [string];
  for (const kind of ['scripts', 'text']) {
    const stop = watchLoop();
    const startedAtMs = performance.now();
    let succeeded = 0;
    for (let round = 0; round < rounds; round++) {
      const urls = Array.from({ length: pagesAtOnce }, (_, at) => `${siteUrl}/${kind}/${round}/${at}`);
      others.postMessage({ crawl: `http://127.0.0.1:${port}/crawl/stream`, urls });
      const [answered] = (await once(others, 'message')) as [number];
      succeeded += answered;
    }
    const seconds = (performance.now() - startedAtMs) / 1000;
    console.log(
      `${kind}: ${succeeded} of ${rounds * pagesAtOnce} pages of 5 MB in ${seconds.toFixed(1)} s; ${stop()}`,
    );
  }
  await others.terminate();
  await server.close();
  fetcher.dispose();
  await extractPool.dispose();
}

/** Returns what ends it and tells what it saw. */
function watchLoop(): () => string {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const threadUsage = (process as unknown as { threadCpuUsage?: ThreadUsage }).threadCpuUsage;
  const spent = createHistogram();
  const now = (): number => {
    const usage = threadUsage?.call(process) ?? { user: 0, system: 0 };
    return usage.user + usage.system;
  };
  let before = now();
  const timer = setInterval(() => {
    const after = now();
    spent.record(Math.max(1, Math.round(after - before)));
    before = after;
  }, 1);
  return () => {
    clearInterval(timer);
    delay.disable();
    const ms = (value: number, unit: number): string => (value / unit).toFixed(1);
    const clock = `p99 ${ms(delay.percentile(99), 1e6)}, p99.9 ${ms(delay.percentile(99.9), 1e6)}, max ${ms(delay.max, 1e6)}`;
    const own = `p99 ${ms(spent.percentile(99), 1e3)}, p99.9 ${ms(spent.percentile(99.9), 1e3)}, max ${ms(spent.max, 1e3)}`;
    return `loop delay in ms by the clock: ${clock}; held by the thread's own work: ${own}`;
  };
}

/** The site, and the client, which reads what comes and drops it. */
function serveOthers(): void {
  const paragraph = `<p>${'The harbour was quiet when the ships came in, and the light stood dark. '.repeat(8)}</p>`;
  const article = paragraph.repeat(20);
  const script = `<script>${'var filler = [1, 2, 3]; '.repeat(Math.round((pageBytes - article.length) / 24))}</script>`;
  const pages = {
    scripts: Buffer.from(`<title>Scripts</title><article>${article}</article>${script}`),
    text: Buffer.from(
      `<title>Text</title><article>${paragraph.repeat(pageBytes / paragraph.length)}</article>`,
    ),
  };
  const site = createServer((request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(request.url?.startsWith('/text') === true ? pages.text : pages.scripts);
  });
  site.listen(0, '127.0.0.1', () => {
    parentPort?.postMessage(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
  });
  parentPort?.on('message', ({ crawl, urls }: { crawl: string; urls: string[] }) => {
    void readCrawl(crawl, urls).then((succeeded) => parentPort?.postMessage(succeeded));
  });
}

async function readCrawl(url: string, urls: string[]): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ urls }),
  });
  let end = '';
  for await (const chunk of response.body ?? []) {
    end = (end + Buffer.from(chunk as Uint8Array).toString('latin1')).slice(-1_000);
  }
  return Number(/"successful":(\d+)/.exec(end)?.[1] ?? 0);
}

if (isMainThread) void main();
else serveOthers();
