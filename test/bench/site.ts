/**
 * What a large site costs: `npm run bench -- site [PAGES]`. Memory of the engine while it crawls a generated site whose
 * pages link to ten others each, as a ratio to that after the first 1,000 pages.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { RipTideClient } from '../../src/client/ripTideClient';
import { EngineProcess } from '../../src/app/engineProcess';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { buildEngine } from '../support/builtEngine';
import { silentLogger } from './silentLogger';
import { wholeHost } from '../support/siteOptions';

const pageCount = Number(process.argv[2] ?? 100_000);
const settings = { ...defaultFetchSettings, concurrency: 16, perHost: 16, delayMs: 0 };
const milestones = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/** As much as real pages have besides their text. */
const padding = `<!-- ${'-'.repeat(20_000)} -->`;

/** Page `n` leads to the next one and to nine others all over the site; its names are in no other. */
function pageOf(n: number): string {
  const targets = Array.from({ length: 9 }, (_, at) => (n * 31 + at * 7919 + 1) % pageCount);
  const links = [(n + 1) % pageCount, ...targets].map((to) => `<li><a href="/p/${to}">Page ${to}</a></li>`);
  const text = `<p class="text-of-page-${n}">${`Page ${n} of the generated site tells of the number ${n}. `.repeat(8)}</p>`;
  return `<!doctype html><title>Page ${n}</title><main><h1>Page ${n}</h1>${text}<ul>${links.join('')}</ul></main>${padding}`;
}

/** Resident memory in MB; only where the system has /proc. */
function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

async function main(): Promise<void> {
  const server = createServer((request, response) => {
    const [, number] = /^\/p\/(\d+)$/.exec(request.url ?? '') ?? [];
    if (number === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end(pageOf(Number(number)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const engine = new EngineProcess(await buildEngine(), () => settings, silentLogger);
  const { address, token } = await engine.start();
  const enginePid = Number(
    readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').at(-1),
  );
  const client = new RipTideClient({ address, apiKey: token });
  const crawl = client.crawlSite([`http://127.0.0.1:${port}/p/0`], {
    ...wholeHost,
    max_depth: 1_000_000,
    max_pages: pageCount,
    max_duration_ms: 3_600_000,
  });
  const startedAtMs = performance.now();
  let done = 0;
  let reference = 0;
  for await (const event of crawl) {
    if (event.message_type !== 'result') continue;
    done += 1;
    if (!milestones.includes(done) && done !== pageCount) continue;
    const mb = residentMb(enginePid);
    if (reference === 0) reference = mb;
    const rate = (done * 1000) / (performance.now() - startedAtMs);
    console.log(
      `${done} pages: engine ${mb.toFixed(0)} MB (${(mb / reference).toFixed(2)}), ` +
        `client and site ${residentMb(process.pid).toFixed(0)} MB, ${rate.toFixed(0)} pages/s`,
    );
  }
  console.log(JSON.stringify(crawl.counts), `load ${loadavg()[0]?.toFixed(1) ?? ''}`);
  await client.close();
  await engine.stop();
  server.close();
  server.closeAllConnections();
}

void main();
