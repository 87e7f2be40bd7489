import assert from 'node:assert/strict';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import { crawlTransports } from '../../src/client/crawlConnection';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { ClientBench, collect, failureOf, resultsOf, typesOf } from '../support/clientBench';
import { startLocalSite, type LocalSite } from '../support/localSite';

for (const transport of crawlTransports) {
  describe(`crawling the engine by ${transport}`, function () {
    this.timeout(60_000);
    const bench = new ClientBench();
    let engine: BuiltEngine;
    let site: LocalSite;
    before(async () => {
      [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
    });
    afterEach(() => bench.end());
    after(() => Promise.all([engine.stop(), site.close()]));

    it('gives each URL its result, whether it succeeded, failed or came twice', async () => {
      const client = bench.client(engine.address, { transport });
      const urls = [...site.pageUrls(23), site.missingUrl, ...site.pageUrls(2)];
      const events = await collect(client.crawl(urls));
      assert.deepEqual(
        resultsOf(events).sort(([one], [other]) => one - other),
        urls.map((url, index) => [index, url]),
      );
      const first = events.find((event) => event.message_type === 'result' && event.data.index === 24);
      assert.ok(first?.message_type === 'result');
      assert.match(first.data.result.document?.markdown ?? '', /^Guide 1, part 1/);
      const summary = events.at(-1);
      assert.ok(summary?.message_type === 'summary');
      const { total_urls, successful, failed, skipped } = summary.data;
      assert.deepEqual([total_urls, successful, failed, skipped], [26, 25, 1, 0]);
      const last = events.filter((event) => event.message_type === 'result').at(-1);
      assert.deepEqual(last?.data.progress, { completed: 26, total: 26, success_rate: 25 / 26 });
      const { resentUrls, ignoredResults, reconnects } = client.metrics;
      assert.deepEqual([resentUrls, ignoredResults, reconnects], [0, 0, 0]);
      assert.equal(typesOf(events).includes('reconnecting'), false);
    });

    it('is one crawl for its caller, however many requests it takes', async () => {
      const urls = site.pageUrls(120);
      const events = await collect(bench.client(engine.address, { transport }).crawl(urls));
      assert.deepEqual(
        resultsOf(events).sort(([one], [other]) => one - other),
        urls.map((url, index) => [index, url]),
      );
    });

    it('skips what the server does not take, and crawls the rest', async () => {
      const [page = ''] = site.pageUrls(1);
      const urls = [page, 'ftp://site.example/x', page, 'not a url'];
      const events = await collect(bench.client(engine.address, { transport }).crawl(urls));
      assert.deepEqual(
        resultsOf(events)
          .map(([index]) => index)
          .sort(),
        [0, 2],
      );
      const skipped = events.flatMap((event) => (event.message_type === 'skipped' ? [event.data.index] : []));
      assert.deepEqual(skipped, [1, 3]);
    });

    it('fails a page above the message limit, and no other', async () => {
      const client = bench.client(engine.address, {
        transport,
        maxMessageBytes: 1_500,
        random: () => 0,
      });
      const urls = [site.missingUrl, ...site.pageUrls(2)];
      const events = await collect(client.crawl(urls));
      const outcomes = events.flatMap((event): [number, string][] =>
        event.message_type === 'result' || event.message_type === 'undeliverable'
          ? [[event.data.index, event.message_type]]
          : [],
      );
      assert.deepEqual(
        outcomes.sort(([one], [other]) => one - other),
        [
          [0, 'result'],
          [1, 'undeliverable'],
          [2, 'undeliverable'],
        ],
      );
    });

    it('ends with an abort, which closes the request', async () => {
      const client = bench.client(engine.address, { transport });
      const controller = new AbortController();
      const crawl = client.crawl([site.silentUrl], null, { signal: controller.signal });
      const asked = site.requested.length;
      const ended = failureOf(collect(crawl), 'cancelled');
      await site.whenRequested('/silent', site.requested.filter((path) => path === '/silent').length + 1);
      assert.ok(site.requested.length > asked);
      controller.abort();
      const error = await ended;
      assert.equal(error.reason, 'cancelled');
      assert.deepEqual(crawl.outstandingIndexes(), [0]);
      // No socket is left, or this would not resolve.
      await client.close();
    });

    it('measures the latency on an open connection, and tells a status', async () => {
      const client = bench.client(engine.address, { transport });
      const { latencyMs, serverTime } = await client.ping();
      assert.ok(latencyMs > 0 && latencyMs < 5_000);
      assert.ok(!Number.isNaN(Date.parse(serverTime)), serverTime);
      assert.equal(client.connection.kind, 'open');
      assert.equal(client.latency.count, 1);
      assert.equal((await client.status()).is_healthy, true);
      await client.close();
      await failureOf(client.ping(), 'closed');
    });

    it('says when nothing listens any more', async () => {
      const lonely = await startEngine();
      await lonely.stop();
      const events: CrawlEvent[] = [];
      const client = bench.client(lonely.address, { transport, maxRetries: 1, random: () => 0 });
      const crawl = client.crawl(site.pageUrls(2), null, { onEvent: (event) => events.push(event) });
      await failureOf(collect(crawl), 'refused');
      assert.deepEqual(typesOf(events), ['reconnecting']);
      assert.equal(crawl.counts.outstanding, 2);
    });
  });
}
