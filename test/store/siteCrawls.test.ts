import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FoundPage, SiteOptions } from '../../src/protocol/messages';
import type { CrawlStore } from '../../src/store/crawlStore';
import { Database } from '../../src/store/database';
import { migrate } from '../../src/store/migrations';
import type { StoreChange } from '../../src/store/storeMessages';
import { StoreFolder } from '../support/openStore';
import { pageResult } from '../support/pageResults';

const site: SiteOptions = {
  max_depth: 2,
  max_pages: 50,
  max_duration_ms: 60_000,
  scope: 'host',
  allowed_hosts: [],
  include: ['https://one.test/**'],
  exclude: [],
  use_sitemaps: true,
  strategy: 'breadth-first',
  is_dry_run: false,
};

function found(index: number, skipped: FoundPage['skipped'] = null): FoundPage {
  return { index, url: `https://one.test/${index}`, depth: 1, found_on: 'https://one.test/', skipped };
}

const outOfScope = { rule: 'scope', message: 'leads to another host' } as const;

describe('a site crawl in the store', () => {
  let folder: StoreFolder;
  let store: CrawlStore;

  beforeEach(async () => {
    folder = await StoreFolder.create();
    store = await folder.open();
    const urls = ['https://one.test/'];
    await store.createCrawl({ id: 'a', title: '', server: '', startedAtMs: 1_000, urls, site });
  });

  afterEach(() => folder.dispose());

  it('remembers what it was asked for', async () => {
    assert.deepEqual((await store.readCrawl('a'))?.site, site);
    await store.createCrawl({ id: 'list', title: '', server: '', startedAtMs: 1, urls: [] });
    assert.equal((await store.readCrawl('list'))?.site, null);
  });

  it('grows with the pages that are found, also when their results come in the same batch', async () => {
    const changed: StoreChange['indexes'][] = [];
    store.onDidChange(({ indexes }) => changed.push(indexes));
    await Promise.all([
      store.addPages('a', [found(1), found(2, outOfScope)]),
      store.addResult('a', pageResult(1, 'https://one.test/1')),
      store.addPages('a', [found(3)]),
      store.addResult('a', pageResult(0, 'https://one.test/')),
    ]);
    assert.deepEqual((await store.readCrawl('a'))?.counts, {
      asked: 4,
      succeeded: 2,
      failed: 0,
      skipped: 1,
      outstanding: 1,
    });
    assert.deepEqual(changed, [[1, 2, 1, 3, 0]]);
    const { pages } = await store.listPages({ crawlId: 'a', offset: 0, limit: 10 });
    assert.deepEqual(
      pages.map(({ url, depth, foundOn, outcome }) => [url, depth, foundOn, outcome.kind]),
      [
        ['https://one.test/', 0, null, 'succeeded'],
        ['https://one.test/1', 1, 'https://one.test/', 'succeeded'],
        ['https://one.test/2', 1, 'https://one.test/', 'skipped'],
        ['https://one.test/3', 1, 'https://one.test/', 'outstanding'],
      ],
    );
  });

  it('says which rule skipped a page, and finds it by that', async () => {
    await store.addPages('a', [found(1), found(2, outOfScope)]);
    const query = { crawlId: 'a', offset: 0, limit: 10 };
    for (const narrowed of [{ text: 'scope' }, { outcome: 'skipped' as const }]) {
      const { pages } = await store.listPages({ ...query, ...narrowed });
      assert.deepEqual(
        pages.map(({ index, outcome }) => [index, outcome]),
        [[2, { kind: 'skipped', rule: 'scope', reason: 'leads to another host' }]],
      );
    }
  });

  it('settles a page that is skipped after all, and leaves one alone that has its result', async () => {
    await store.addPages('a', [found(1), found(2)]);
    await store.addResult('a', pageResult(2, 'https://one.test/2'));
    await store.addPages('a', [found(1, outOfScope), found(2, outOfScope), found(1)]);
    const { counts } = (await store.readCrawl('a'))!;
    assert.deepEqual(counts, { asked: 3, succeeded: 1, failed: 0, skipped: 1, outstanding: 1 });
  });

  it('refuses pages that leave a gap', async () => {
    await assert.rejects(store.addPages('a', [found(2)]), { reason: 'not-found' });
    await assert.rejects(store.addPages('b', [found(1)]), { reason: 'not-found' });
    assert.equal((await store.readCrawl('a'))?.counts.asked, 1);
  });

  it('knows how long it ran before it was resumed, by its last result', async () => {
    const before = Date.now();
    await store.addResult('a', pageResult(0, 'https://one.test/'));
    await store.endCrawl('a', { kind: 'paused' });
    const resumed = await store.resumeCrawl('a', 'none', before + 60_000);
    assert.ok(resumed.elapsedBeforeMs >= before - 1_000);
    await store.endCrawl('a', { kind: 'paused' });
    // Nothing came since, so that no time is counted.
    const again = await store.resumeCrawl('a', 'none', before + 120_000);
    assert.equal(again.elapsedBeforeMs, resumed.elapsedBeforeMs);
  });

  it('counts no time for which it was paused, and never less than none', async () => {
    const before = Date.now();
    await store.addResult('a', pageResult(0, 'https://one.test/'));
    await store.excludeTime('a', before - 60_000);
    await store.endCrawl('a', { kind: 'paused' });
    const { elapsedBeforeMs } = await store.resumeCrawl('a', 'none', before + 60_000);
    assert.ok(elapsedBeforeMs >= 59_000 && elapsedBeforeMs < 120_000, `${elapsedBeforeMs} ms`);
    await store.excludeTime('a', 1_000_000);
    await store.endCrawl('a', { kind: 'paused' });
    const again = await store.resumeCrawl('a', 'none', before + 120_000);
    assert.equal(again.elapsedBeforeMs, 0);
  });
});

describe('a store of the version before site crawls', () => {
  it('keeps its crawls, as crawls of lists', async () => {
    const folder = await StoreFolder.create();
    try {
      await mkdir(dirname(folder.databasePath), { recursive: true });
      const former = Database.openShared(folder.databasePath);
      migrate(former, folder.databasePath, 1);
      former.execute(`
        INSERT INTO crawls (id, title, server, started_at_ms, state, ended_at_ms, asked, skipped)
          VALUES ('old', 'Old', 'built-in', 1, 'completed', 2, 1, 1);
        INSERT INTO pages (crawl_key, page_index, url, host, outcome, reason, searchable)
          VALUES (1, 0, 'https://one.test/', 'one.test', 'skipped', 'refused', 'https://one.test/');
      `);
      former.close();
      const store = await folder.open();
      const crawl = await store.readCrawl('old');
      assert.deepEqual([crawl?.site, crawl?.elapsedBeforeMs, crawl?.counts.skipped], [null, 0, 1]);
      assert.deepEqual(crawl?.options, {});
      assert.deepEqual((await store.readPage('old', 0))?.outcome, {
        kind: 'skipped',
        rule: null,
        reason: 'refused',
      });
      assert.deepEqual((await store.readPage('old', 0))?.foundOn, null);
    } finally {
      await folder.dispose();
    }
  });
});
