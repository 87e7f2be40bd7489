/**
 * What the extension host does in a crawl, in a process that a test can kill:
 * `node --import tsx crawlHost.ts ENGINE WORKER DATABASE START|SITE|CRAWL-ID URL…` prints a line for each page on disk.
 */
import { Crawls, type StartedCrawl } from '../../src/app/crawls';
import { EngineProcess } from '../../src/app/engineProcess';
import { Session } from '../../src/app/session';
import { readSiteOptions } from '../../src/app/siteSettings';
import type { Logger } from '../../src/base/logger';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { CrawlStore } from '../../src/store/crawlStore';

const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

async function main(): Promise<void> {
  const [enginePath = '', workerPath = '', path = '', crawlId = '', ...urls] = process.argv.slice(2);
  const store = await CrawlStore.open({ path, workerPath });
  const engine = new EngineProcess(enginePath, () => defaultFetchSettings, logger);
  engine.onDidChangeState((state) => {
    if (state.kind === 'ready') console.log(`engine ${state.pid}`);
  });
  const session = new Session({
    engine,
    readServer: () => ({ kind: 'built-in' }),
    readApiKey: () => Promise.resolve(undefined),
    maxMessageBytes: () => 10 * 1024 * 1024,
    logger,
  });
  const crawls = new Crawls(() => Promise.resolve(store), session, logger);
  crawls.onDidChange(() => console.log(`done ${crawls.progress.done}`));
  const { ended } = await begin(crawls, crawlId, urls);
  const { state } = await ended;
  console.log(`ended ${state.kind}`);
  session.dispose();
  await engine.stop();
  await store.close();
}

function begin(crawls: Crawls, crawlId: string, urls: readonly string[]): Promise<StartedCrawl> {
  switch (crawlId) {
    case 'START':
      return crawls.start(urls, 'tides');
    case 'SITE':
      return crawls.startSite(urls, 'tides', { ...readSiteOptions(() => undefined), max_depth: 50 });
    default:
      return crawls.resume(crawlId, 'none');
  }
}

void main();
