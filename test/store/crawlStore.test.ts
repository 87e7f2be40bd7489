import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeServerMessage } from '../../src/protocol/encode';
import type { CrawlStore } from '../../src/store/crawlStore';
import type { CrawlRecord, PageCounts, StoredPage } from '../../src/store/records';
import type { StoreError } from '../../src/store/storeError';
import type { StoreChange } from '../../src/store/storeMessages';
import { StoreFolder } from '../support/openStore';
import { documentOf, failedResult, pageResult } from '../support/pageResults';

const startedAtMs = Date.UTC(2026, 0, 2);

function assertAddsUp({ asked, succeeded, failed, skipped, outstanding }: PageCounts): void {
  assert.equal(asked, succeeded + failed + skipped + outstanding);
}

describe('CrawlStore', () => {
  let folder: StoreFolder;
  let store: CrawlStore;

  beforeEach(async () => {
    folder = await StoreFolder.create();
    store = await folder.open();
  });

  afterEach(() => folder.dispose());

  function createCrawl(id: string, urls: string[], startedAt = startedAtMs): Promise<CrawlRecord> {
    return store.createCrawl({ id, title: `Crawl ${id}`, server: 'built-in', startedAtMs: startedAt, urls });
  }

  async function readAll(id: string): Promise<StoredPage[]> {
    const pages: StoredPage[] = [];
    for await (const page of store.readPages(id)) pages.push(page);
    return pages;
  }

  it('knows every URL as outstanding before a result arrives', async () => {
    const created = await createCrawl('a', ['https://one.test/', 'https://one.test/', 'not a url']);
    assert.deepEqual(created, {
      id: 'a',
      title: 'Crawl a',
      server: 'built-in',
      startedAtMs,
      site: null,
      options: {},
      elapsedBeforeMs: 0,
      state: { kind: 'running' },
      counts: { asked: 3, succeeded: 0, failed: 0, skipped: 0, outstanding: 3 },
    });
    const { pages, total } = await store.listPages({ crawlId: 'a', offset: 0, limit: 10 });
    assert.equal(total, 3);
    assert.deepEqual(pages[1], {
      crawlId: 'a',
      index: 1,
      url: 'https://one.test/',
      host: 'one.test',
      depth: 0,
      foundOn: null,
      outcome: { kind: 'outstanding' },
    });
    assert.equal(pages[2]?.host, '');
  });

  it('gives back a document as it came, whatever is in it', async () => {
    const documents = [
      documentOf('https://one.test/', {
        text: 'nul \0 in text',
        markdown: 'nul \0 in **markdown**',
        title: 'nul \0',
      }),
      documentOf('https://one.test/', { text: 'same', markdown: 'same', html: null, links: [] }),
      documentOf('https://one.test/', { text: '', markdown: null, html: '<p>日本語 🦀</p>', title: null }),
      documentOf('https://one.test/', {
        text: '',
        markdown: null,
        parser_metadata: {
          parser_used: 'native',
          confidence_score: 0.5,
          fallback_occurred: false,
          parse_time_ms: 3,
          extraction_path: null,
          primary_error: null,
        },
      }),
    ];
    await createCrawl(
      'a',
      documents.map(({ url }) => url),
    );
    await Promise.all(
      documents.map((document, index) => store.addResult('a', pageResult(index, document.url, { document }))),
    );
    const stored = await readAll('a');
    assert.deepEqual(
      stored.map(({ document }) => document),
      documents,
    );
    assert.deepEqual(await store.readPage('a', 2), stored[2]);
    assert.equal(await store.readPage('a', 4), null);
  });

  it('tells success from failure as the protocol does', async () => {
    const url = 'https://one.test/';
    const results = [
      pageResult(0, url, {
        truncated: true,
        document: documentOf(url, { markdown: 'höhe', quality_score: null }),
      }),
      pageResult(1, url, { document: null, status: 204, quality_score: 0.456 }),
      failedResult(2, url, 'no route'),
      pageResult(3, url, { document: null, status: 404 }),
      pageResult(4, url, { document: null, status: 0 }),
      pageResult(5, url, { document: documentOf(url, { title: 'x'.repeat(10_000), quality_score: 1e9 }) }),
    ];
    await createCrawl(
      'a',
      results.map(() => url),
    );
    const before = Date.now();
    await Promise.all(results.map((result) => store.addResult('a', result)));

    const outcomes = (await readAll('a')).map(({ outcome }) => {
      assert.ok('finishedAtMs' in outcome && outcome.finishedAtMs >= before);
      return { ...outcome, finishedAtMs: 0 };
    });
    const succeeded = {
      kind: 'succeeded',
      status: 200,
      processingMs: 12,
      finishedAtMs: 0,
      isTruncated: false,
    };
    const failed = { kind: 'failed', status: 0, processingMs: 12, finishedAtMs: 0, isRetryable: false };
    assert.deepEqual(outcomes.slice(0, 5), [
      { ...succeeded, title: `Title of ${url}`, sizeBytes: 5, quality: 80, isTruncated: true },
      { ...succeeded, status: 204, title: null, sizeBytes: 0, quality: 46 },
      { ...failed, errorType: 'refused', message: 'no route', isRetryable: true },
      { ...failed, status: 404, errorType: 'http_status', message: 'The page answered HTTP status 404' },
      { ...failed, errorType: 'no_content', message: 'The server sent neither a document nor an error' },
    ]);
    const last = outcomes[5];
    assert.ok(last?.kind === 'succeeded' && last.title?.length === 500 && last.quality === 100);
    assert.deepEqual((await store.readCrawl('a'))?.counts, {
      asked: 6,
      succeeded: 3,
      failed: 3,
      skipped: 0,
      outstanding: 0,
    });
  });

  it('takes results as the bytes that came, and gives back what the decoder reads in them', async () => {
    const texts = ['nul \0, “quotes” \\" and 🦀', 'x'.repeat(300_000), 'lone \ud800 surrogate'];
    const urls = texts.map((_, at) => `https://one.test/${at}`);
    await createCrawl('a', urls);
    const messages = texts.map((text, at) =>
      encodeServerMessage(
        'result',
        pageResult(7, urls[at]!, { document: documentOf(urls[at]!, { text }) }),
      ).replace('"title"', '"new_field":[1],"title"'),
    );
    // The same buffer holds many messages, as that of a socket does.
    const bytes = Buffer.from(messages.join(''));
    let start = 0;
    const added = messages.map((message, index) => {
      const end = start + Buffer.byteLength(message);
      const slice = bytes.subarray(start, end);
      start = end;
      return store.addRawResult('a', index, slice);
    });
    await Promise.all(added);
    assert.equal(bytes.toString(), messages.join(''));
    const stored = await readAll('a');
    assert.deepEqual(
      stored.map(({ url, document }) => [url, document]),
      urls.map((url, at) => [url, documentOf(url, { text: texts[at]! })]),
    );
    const { outcome } = stored[0]!;
    assert.ok(outcome.kind === 'succeeded');
    assert.equal(outcome.title, `Title of ${urls[0]}`);
    assert.equal(outcome.sizeBytes, `# Markdown of ${urls[0]}`.length);
  });

  it('fails a page whose bytes cannot be read, says why, and counts it once', async () => {
    const url = 'https://one.test/';
    await createCrawl('a', [url, url, url]);
    const message = encodeServerMessage('result', pageResult(0, url));
    const broken = [message.replace('"links":[', '"links":[7,'), message.replace('"title":', '"title";')];
    await Promise.all([
      store.addRawResult('a', 0, Buffer.from(broken[0]!)),
      store.addRawResult('a', 1, Buffer.from(broken[1]!)),
      store.addRawResult('a', 1, Buffer.from(message)),
      store.addRawResult('a', 2, Buffer.from(message)),
    ]);
    const outcomes = (await readAll('a')).map(({ outcome }) => outcome);
    assert.ok(outcomes[0]?.kind === 'failed' && outcomes[1]?.kind === 'failed');
    assert.equal(outcomes[0].errorType, 'bad-result');
    assert.match(outcomes[0].message, /cannot be read: data\.result\.document\.links\[0\] must be a string/);
    assert.match(outcomes[1].message, /not JSON/);
    assert.deepEqual((await store.readCrawl('a'))?.counts, {
      asked: 3,
      succeeded: 1,
      failed: 2,
      skipped: 0,
      outstanding: 0,
    });
  });

  it('keeps the first of two results for one index and counts it once', async () => {
    await createCrawl('a', ['https://one.test/', 'https://two.test/']);
    await Promise.all([
      store.addResult('a', pageResult(0, 'https://one.test/')),
      store.addResult('a', failedResult(0, 'https://one.test/')),
    ]);
    await store.addResult('a', failedResult(0, 'https://one.test/'));
    const crawl = await store.readCrawl('a');
    assert.deepEqual(crawl?.counts, { asked: 2, succeeded: 1, failed: 0, skipped: 0, outstanding: 1 });
    assert.equal((await store.readPage('a', 0))?.outcome.kind, 'succeeded');
  });

  it('refuses a result without a place, and that one alone', async () => {
    await createCrawl('a', ['https://one.test/']);
    const added = [
      store.addResult('a', pageResult(1, 'https://one.test/')),
      store.addResult('b', pageResult(0, 'https://one.test/')),
      store.addResult('a', pageResult(0, 'https://one.test/')),
    ];
    await Promise.allSettled(added);
    await assert.rejects(added[0]!, { name: 'StoreError', reason: 'not-found', message: /no page 1/ });
    await assert.rejects(added[1]!, { name: 'StoreError', reason: 'not-found' });
    await added[2];
    assert.equal((await store.readCrawl('a'))?.counts.succeeded, 1);
  });

  it('shows in every read what was added before it, written or not', async () => {
    await createCrawl('a', ['https://one.test/', 'https://two.test/']);
    const added = store.addResult('a', pageResult(0, 'https://one.test/'));
    assert.equal((await store.readPage('a', 0))?.outcome.kind, 'succeeded');
    await added;
    const second = store.addResult('a', pageResult(1, 'https://two.test/'));
    const ended = await store.endCrawl('a', { kind: 'completed', endedAtMs: 5 });
    assert.deepEqual(ended.counts, { asked: 2, succeeded: 2, failed: 0, skipped: 0, outstanding: 0 });
    await second;
  });

  it('announces a change when it can be read, once for a batch', async () => {
    await createCrawl('a', ['https://one.test/', 'https://two.test/']);
    const changes: StoreChange[] = [];
    const seen = new Promise<CrawlRecord | null>((resolve) => {
      store.onDidChange((change) => {
        changes.push(change);
        resolve(store.readCrawl('a'));
      });
    });
    await Promise.all([
      store.addResult('a', pageResult(1, 'https://two.test/')),
      store.addResult('a', pageResult(0, 'https://one.test/')),
      store.addResult('a', pageResult(0, 'https://one.test/')),
    ]);
    assert.equal((await seen)?.counts.succeeded, 2);
    await store.addResult('a', pageResult(0, 'https://one.test/'));
    await store.endCrawl('a', { kind: 'cancelled', endedAtMs: 9 });
    assert.deepEqual(changes, [
      { crawlId: 'a', indexes: [1, 0] },
      { crawlId: 'a', indexes: 'all' },
    ]);
  });

  it('lists crawls newest first, each with its end', async () => {
    await createCrawl('old', ['https://one.test/'], 1000);
    await createCrawl('new', [], 2000);
    await store.endCrawl('old', {
      kind: 'failed',
      endedAtMs: 3000,
      reason: 'engine-gone',
      message: 'It ended',
    });
    const crawls = await store.listCrawls();
    assert.deepEqual(
      crawls.map(({ id, state }) => [id, state]),
      [
        ['new', { kind: 'running' }],
        ['old', { kind: 'failed', endedAtMs: 3000, reason: 'engine-gone', message: 'It ended' }],
      ],
    );
    assert.equal(await store.readCrawl('other'), null);
    await assert.rejects(store.endCrawl('other', { kind: 'completed', endedAtMs: 1 }), {
      reason: 'not-found',
    });
    await assert.rejects(createCrawl('old', []), { name: 'StoreError' });
    assert.equal((await store.listCrawls()).length, 2);
  });

  it('filters by text in any script, host and outcome', async () => {
    const urls = ['https://a.test/über', 'https://a.test:81/b', 'https://a.test/c', 'https://a.test/d'];
    await createCrawl('a', urls);
    await store.addResult('a', pageResult(0, urls[0]!));
    await store.addResult(
      'a',
      pageResult(1, urls[1]!, { document: documentOf(urls[1]!, { title: 'ÜBER % ALLES' }) }),
    );
    await store.addResult('a', failedResult(2, urls[2]!, 'Übertragung ended'));
    const indexes = async (query: object): Promise<number[]> => {
      const { pages, total } = await store.listPages({ crawlId: 'a', offset: 0, limit: 10, ...query });
      assert.equal(total, pages.length);
      return pages.map(({ index }) => index);
    };
    assert.deepEqual(await indexes({ text: 'über' }), [0, 1, 2]);
    assert.deepEqual(await indexes({ text: '%' }), [1]);
    assert.deepEqual(await indexes({ text: 'REFUSED' }), [2]);
    assert.deepEqual(await indexes({ text: '' }), [0, 1, 2, 3]);
    assert.deepEqual(await indexes({ host: 'a.test:81' }), [1]);
    assert.deepEqual(await indexes({ host: 'a.test', outcome: 'outstanding' }), [3]);
    assert.deepEqual(await indexes({ text: 'über', outcome: 'failed' }), [2]);
    assert.deepEqual(await store.listHosts('a'), [
      { host: 'a.test', counts: { asked: 3, succeeded: 1, failed: 1, skipped: 0, outstanding: 1 } },
      { host: 'a.test:81', counts: { asked: 1, succeeded: 1, failed: 0, skipped: 0, outstanding: 0 } },
    ]);
  });

  it('pages through 10,000 URLs, plain and filtered, and exports them in order', async () => {
    const urls = Array.from({ length: 10_000 }, (_, index) => `https://host${index % 7}.test/page/${index}`);
    await createCrawl('a', urls);
    const arrival = urls.map((_, index) => (index * 7919) % urls.length).filter((index) => index % 10 !== 3);
    await Promise.all(
      arrival.map((index) =>
        store.addResult(
          'a',
          index % 4 === 0 ? failedResult(index, urls[index]!) : pageResult(index, urls[index]!),
        ),
      ),
    );
    const kindOf = (index: number): string =>
      index % 10 === 3 ? 'outstanding' : index % 4 === 0 ? 'failed' : 'succeeded';

    const deep = await store.listPages({ crawlId: 'a', offset: 9_950, limit: 100 });
    assert.equal(deep.total, 10_000);
    assert.deepEqual(
      deep.pages.map(({ index, url, outcome }) => [index, url, outcome.kind]),
      urls.slice(9_950).map((url, at) => [9_950 + at, url, kindOf(9_950 + at)]),
    );

    const matches = urls.flatMap((url, index) =>
      index % 7 === 2 && kindOf(index) === 'failed' && url.includes('/page/1') ? [index] : [],
    );
    const filtered = await store.listPages({
      ...{ crawlId: 'a', host: 'host2.test', outcome: 'failed', text: '/PAGE/1' },
      ...{ offset: 20, limit: 30 },
    });
    assert.equal(filtered.total, matches.length);
    assert.deepEqual(
      filtered.pages.map(({ index }) => index),
      matches.slice(20, 50),
    );

    const hosts = await store.listHosts('a');
    assert.equal(hosts.length, 7);
    const { counts } = (await store.readCrawl('a'))!;
    for (const key of ['asked', 'succeeded', 'failed', 'outstanding'] as const) {
      assert.equal(
        hosts.reduce((sum, host) => sum + host.counts[key], 0),
        counts[key],
      );
    }
    assertAddsUp(counts);
    assert.deepEqual(
      (await readAll('a')).map(({ url }) => url),
      urls,
    );
  });

  it('stops reading pages when told to', async () => {
    await createCrawl(
      'a',
      Array.from({ length: 500 }, (_, index) => `https://one.test/${index}`),
    );
    const abort = new AbortController();
    let count = 0;
    const reading = (async () => {
      for await (const page of store.readPages('a', abort.signal)) {
        count++;
        if (page.index === 10) abort.abort();
      }
    })();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.ok(count < 500);
  });

  it('deletes a crawl with all of its pages and gives the space back', async () => {
    const large = 'x'.repeat(200_000);
    const urls = Array.from({ length: 40 }, (_, index) => `https://one.test/${index}`);
    await createCrawl('kept', ['https://one.test/']);
    await createCrawl('gone', urls);
    await Promise.all(
      urls.map((url, index) =>
        store.addResult('gone', pageResult(index, url, { document: documentOf(url, { markdown: large }) })),
      ),
    );
    const changes: StoreChange[] = [];
    store.onDidChange((change) => changes.push(change));
    await store.deleteCrawl('gone');
    assert.deepEqual(changes, [{ crawlId: 'gone', indexes: 'all' }]);
    assert.equal(await store.readCrawl('gone'), null);
    await assert.rejects(store.listPages({ crawlId: 'gone', offset: 0, limit: 1 }), { reason: 'not-found' });
    await assert.rejects(readAll('gone'), { reason: 'not-found' });
    await assert.rejects(store.deleteCrawl('gone'), { reason: 'not-found' });
    await store.close();
    assert.ok((await stat(folder.databasePath)).size < 1_000_000);
    assert.deepEqual(
      (await (await folder.open()).listCrawls()).map(({ id }) => id),
      ['kept'],
    );
  });

  it('writes what was added when it closes, and takes nothing after that', async () => {
    await createCrawl('a', ['https://one.test/']);
    const added = store.addResult('a', pageResult(0, 'https://one.test/'));
    const closed = store.close();
    await assert.rejects(store.listCrawls(), { name: 'StoreError', reason: 'closed' });
    await Promise.all([added, closed, store.close()]);
    assert.deepEqual(await readdir(dirname(folder.databasePath)), ['crawls.db']);
    const again = await folder.open();
    const crawl = await again.readCrawl('a');
    assert.equal(crawl?.counts.succeeded, 1);
    assert.deepEqual(crawl.state, { kind: 'interrupted' });
  });

  describe('a crawl that is resumed', () => {
    const urls = ['https://one.test/0', 'https://one.test/1', 'https://one.test/2', 'https://one.test/3'];

    async function stopAfterTwo(): Promise<void> {
      await createCrawl('a', urls);
      await store.addResult('a', pageResult(0, urls[0]!));
      await store.addResult('a', failedResult(1, urls[1]!, 'it was refused'));
      await store.endCrawl('a', { kind: 'paused' });
    }

    it('runs again from a later time, with the same pages outstanding', async () => {
      await stopAfterTwo();
      const { state, counts, startedAtMs: resumedAtMs } = await store.resumeCrawl('a', 'none', 99);
      assert.deepEqual(state, { kind: 'running' });
      assert.equal(resumedAtMs, 99);
      assert.deepEqual(counts, { asked: 4, succeeded: 1, failed: 1, skipped: 0, outstanding: 2 });
      const { pages } = await store.listPages({ crawlId: 'a', outcome: 'outstanding', offset: 0, limit: 9 });
      assert.deepEqual(
        pages.map(({ index }) => index),
        [2, 3],
      );
    });

    it('asks for failed pages anew, and counts their new outcome once', async () => {
      await stopAfterTwo();
      assert.equal((await store.resumeCrawl('a', 'failed', 99)).counts.outstanding, 3);
      const found = await store.listPages({ crawlId: 'a', text: 'refused', offset: 0, limit: 9 });
      assert.equal(found.total, 0);
      await store.addResult('a', pageResult(1, urls[1]!));
      const { counts } = await store.endCrawl('a', { kind: 'paused' });
      assert.deepEqual(counts, { asked: 4, succeeded: 2, failed: 0, skipped: 0, outstanding: 2 });
      assertAddsUp(counts);
    });

    it('asks for one failed page anew, and for no page that succeeded', async () => {
      await stopAfterTwo();
      assert.equal((await store.resumeCrawl('a', { index: 0 }, 99)).counts.outstanding, 2);
      await store.endCrawl('a', { kind: 'paused' });
      assert.equal((await store.resumeCrawl('a', { index: 1 }, 99)).counts.outstanding, 3);
    });

    it('runs once, whichever window asks', async () => {
      await stopAfterTwo();
      const other = await folder.open();
      await store.resumeCrawl('a', 'none', 99);
      for (const each of [store, other]) {
        await assert.rejects(
          each.resumeCrawl('a', 'none', 100),
          (error: StoreError) => error.reason === 'running',
        );
      }
      await store.endCrawl('a', { kind: 'paused' });
      assert.equal((await other.resumeCrawl('a', 'none', 101)).startedAtMs, 101);
    });

    it('was interrupted when its store closed while it ran', async () => {
      await createCrawl('a', urls);
      await store.close();
      store = await folder.open();
      assert.deepEqual((await store.readCrawl('a'))?.state, { kind: 'interrupted' });
      assert.deepEqual((await store.resumeCrawl('a', 'none', 99)).state, { kind: 'running' });
    });
  });

  it('counts a skipped page with its reason, once', async () => {
    await createCrawl('a', ['https://one.test/', 'https://one.test/v10.2']);
    await store.skipPage('a', 1, 'refused by a rule');
    await store.skipPage('a', 1, 'again');
    await store.addResult('a', pageResult(1, 'https://one.test/v10.2'));
    const page = await store.readPage('a', 1);
    assert.deepEqual(page?.outcome, { kind: 'skipped', rule: null, reason: 'refused by a rule' });
    const { counts } = await store.endCrawl('a', { kind: 'paused' });
    assert.deepEqual(counts, { asked: 2, succeeded: 0, failed: 0, skipped: 1, outstanding: 1 });
  });
});
