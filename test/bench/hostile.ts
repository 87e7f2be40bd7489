/**
 * What hostile pages do to the crawl beside them: `npm run bench -- hostile`. The speed of an ordinary crawl alone, and
 * while the engine also has one page that was made to bring it down; how that page ended, and when.
 */
import { loadavg } from 'node:os';
import { EngineProcess } from '../../src/app/engineProcess';
import { RipTideClient } from '../../src/client/ripTideClient';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { buildEngine } from '../support/builtEngine';
import { hostileAnswers } from '../support/hostileSite';
import { silentLogger } from './silentLogger';
import { startBenchSite } from './startBenchSite';

const pagesEach = 200;
const warmUps = 5;
const settings = { ...defaultFetchSettings, timeoutMs: 5_000, concurrency: 16, perHost: 8 };

async function outcomeOf(client: RipTideClient, url: string): Promise<string> {
  for await (const event of client.crawl([url])) {
    if (event.message_type === 'result') return event.data.result.error?.error_type ?? 'a page';
  }
  return 'nothing';
}

/** Pages per second of crawls one after the other, until `isOver` says so; at least one. */
async function speedUntil(client: RipTideClient, urls: string[], isOver: () => boolean): Promise<number> {
  const startedAtMs = performance.now();
  let pages = 0;
  do {
    for await (const event of client.crawl(urls)) {
      if (event.message_type !== 'result') continue;
      if (event.data.result.error) throw new Error(event.data.result.error.message);
      pages += 1;
    }
  } while (!isOver());
  return (pages * 1000) / (performance.now() - startedAtMs);
}

async function main(): Promise<void> {
  const site = await startBenchSite();
  const engine = new EngineProcess(await buildEngine(), () => settings, silentLogger);
  const { address, token } = await engine.start();
  const client = new RipTideClient({ address, apiKey: token });
  const urls = Array.from({ length: pagesEach }, (_, at) => `http://127.0.0.1:${site.port}/small/${at}`);
  const alone = async (): Promise<number> => {
    let rounds = 0;
    return speedUntil(client, urls, () => (rounds += 1) === warmUps);
  };
  await alone();
  console.log(`alone: ${(await alone()).toFixed(0)} pages/s (load ${loadavg()[0]?.toFixed(1) ?? ''})`);
  const hostile = Object.keys(hostileAnswers).map((path) => `http://localhost:${site.port}${path}`);
  for (const url of [...hostile, `http://robots.localhost:${site.port}/small/1?behind-robots-of-300-MB`]) {
    const before = await alone();
    const startedAtMs = performance.now();
    let end: { outcome: string; tookMs: number } | undefined;
    const ending = outcomeOf(client, url).then((outcome) => {
      end = { outcome, tookMs: performance.now() - startedAtMs };
      return end;
    });
    const beside = await speedUntil(client, urls, () => end !== undefined);
    const { outcome, tookMs } = await ending;
    const ratio = `${(beside / before).toFixed(2)} of its speed (${beside.toFixed(0)} of ${before.toFixed(0)} pages/s)`;
    console.log(
      `${url.slice(url.indexOf('/', 7))}: ${ratio}; ended as ${outcome} after ${tookMs.toFixed(0)} ms`,
    );
  }
  await client.close();
  await engine.stop();
  site.end();
}

void main();
