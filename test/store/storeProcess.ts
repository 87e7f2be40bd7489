// A process that crawls into the store at argv[2], to be killed by a test: `node storeProcess.js DATABASE WORKER`.
import { CrawlStore } from '../../src/store/crawlStore';
import { StoreError } from '../../src/store/storeError';
import { pageResult } from '../support/pageResults';

const [, , path = '', workerPath = ''] = process.argv;
const urls = Array.from({ length: 400 }, (_, index) => `https://one.test/${index}`);

async function crawl(): Promise<void> {
  const store = await CrawlStore.open({ path, workerPath });
  await store.createCrawl({ id: 'child', title: '', server: '', startedAtMs: 1, urls });
  const add = (index: number): Promise<void> => store.addResult('child', pageResult(index, urls[index]!));
  await Promise.all(urls.slice(0, 230).map((_, index) => add(index)));
  // Some of these are written and some are not when the kill comes.
  for (let index = 230; index < 400; index++) void add(index);
  process.send?.('added');
}

crawl().catch((error: unknown) => process.send?.(error instanceof StoreError ? error.reason : String(error)));
