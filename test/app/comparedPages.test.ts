import assert from 'node:assert/strict';
import { comparedPagesOf } from '../../src/app/comparedPages';
import type { CrawlStore } from '../../src/store/crawlStore';
import { StoreFolder } from '../support/openStore';
import { wholeHost } from '../support/siteOptions';

describe('the pages of a crawl that transports are compared by', () => {
  let folder: StoreFolder;
  let store: CrawlStore;
  const newCrawl = { id: 'crawl', title: 'Tides', server: 'built-in', startedAtMs: 0 };

  beforeEach(async () => {
    folder = await StoreFolder.create();
    store = await folder.open();
  });
  afterEach(() => folder.dispose());

  it('are those that the user typed, so many of them', async () => {
    const urls = ['http://10.0.0.1/', 'https://a.example/', 'https://b.example/'];
    const crawl = await store.createCrawl({ ...newCrawl, urls });
    assert.deepEqual(await comparedPagesOf(crawl, store.readPages('crawl'), 2), {
      urls: urls.slice(0, 2),
      isPublicOnly: false,
    });
  });

  it('are of a site only those at the servers of the seeds', async () => {
    const urls = ['http://10.0.0.1/', 'https://a.example/'];
    const crawl = await store.createCrawl({ ...newCrawl, urls, site: wholeHost });
    const found = ['http://10.0.0.1/b', 'http://10.0.0.2/', 'http://10.0.0.1:81/', 'https://a.example/c'];
    const pages = found.map((url, at) => {
      return { index: at + 2, url, depth: 1, found_on: urls[0]!, skipped: null };
    });
    await store.addPages('crawl', pages);
    assert.deepEqual((await comparedPagesOf(crawl, store.readPages('crawl'), 100)).urls, [
      ...urls,
      'http://10.0.0.1/b',
      'https://a.example/c',
    ]);
  });

  it('stay those that nobody has typed', async () => {
    const list = await store.createCrawl({ ...newCrawl, urls: [], options: { public_only: true } });
    const site = { ...wholeHost, public_only: true };
    const ofSite = await store.createCrawl({ ...newCrawl, id: 'site', urls: [], site });
    for (const crawl of [list, ofSite]) {
      assert.equal((await comparedPagesOf(crawl, store.readPages(crawl.id), 1)).isPublicOnly, true);
    }
  });
});
