import assert from 'node:assert/strict';
import { ClientMetricsCounter } from '../../src/client/clientMetrics';
import { SiteAccount } from '../../src/client/siteAccount';
import { maxRequestBytes } from '../../src/protocol/limits';
import { unpackPages } from '../support/resumedPages';

const home = 'https://site.example/';

describe('the account of a site crawl', () => {
  it('names hundreds of thousands of URLs in one request', async () => {
    const pages = Array.from({ length: 200_000 }, (_, at) => ({
      url: `${home}a/folder/of/many-${at % 300}/a-page-with-a-name-as-long-as-that-of-a-story-${at}.html`,
      depth: at % 7,
      settlement: at % 2 === 0 ? null : ('succeeded' as const),
      memo: at % 2 === 0 ? null : `c${(at * 0x9e3779b97f4).toString(16).padStart(16, '0').slice(-16)}`,
    }));
    assert.ok(pages.reduce((sum, { url }) => sum + url.length, 0) > maxRequestBytes);
    const checkpoint = { pages, fetchedInVain: 3, elapsedMs: 1_000 };
    const account = new SiteAccount([home], checkpoint, new ClientMetricsCounter(), () => undefined);
    const batch = account.pages.ledger.outstandingIndexes();
    const resumed = await account.resumed(batch);
    assert.ok(resumed.pages.length < maxRequestBytes / 2, `${resumed.pages.length} bytes`);
    assert.deepEqual([resumed.outstanding, resumed.pages_fetched], [100_000, 100_003]);
    const told = unpackPages(resumed.pages);
    assert.equal(told.length, pages.length);
    assert.deepEqual(told[1], { url: pages[2]?.url, state: { kind: 'outstanding', depth: 2 }, memo: '' });
    assert.deepEqual(told[100_000], {
      url: pages[1]?.url,
      state: { kind: 'succeeded' },
      memo: pages[1]?.memo,
    });
  });

  it('names an URL as a user has typed it in one line', async () => {
    const pages = [{ url: ' https://site.example/a b\t', depth: 0, settlement: null, memo: null }];
    const checkpoint = { pages, fetchedInVain: 0, elapsedMs: 0 };
    const account = new SiteAccount([home], checkpoint, new ClientMetricsCounter(), () => undefined);
    const { pages: packed } = await account.resumed([0]);
    assert.deepEqual(
      unpackPages(packed).map(({ url }) => url),
      [`${home}a%20b`],
    );
  });
});
