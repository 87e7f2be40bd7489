import assert from 'node:assert/strict';
import FakeTimers from '@sinonjs/fake-timers';
import type { ClientError } from '../../src/client/clientError';
import { RipTideClient, type RipTideClientOptions } from '../../src/client/ripTideClient';
import { maxCrawlsPerConnection } from '../../src/protocol/limits';
import { ConnectProxy } from '../support/connectProxy';
import { FakeRipTide } from '../support/fakeRipTide';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { Tap } from '../support/tap';
import { HeldSite } from '../engine/server/heldSite';
import { startOwnServer, type OwnServer } from '../engine/server/ownServer';
import { readToEnd, readUntil } from '../support/crawlEvents';

describe('one socket for all crawls of a client', () => {
  let server: OwnServer;
  let tap: Tap;
  let site: LocalSite;
  let held: HeldSite;
  const clients: RipTideClient[] = [];

  beforeEach(async () => {
    held = new HeldSite();
    [server, site] = await Promise.all([startOwnServer(), startLocalSite(), held.listen()]);
    tap = await Tap.start(server.address);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await tap.whenEmpty();
    await tap.stop();
    await server.close();
    await Promise.all([site.close(), held.close()]);
    assert.deepEqual(server.logged, []);
  });

  function open(options: Partial<RipTideClientOptions> = {}): RipTideClient {
    const client = new RipTideClient({ address: tap.address, random: () => 0, ...options });
    clients.push(client);
    return client;
  }

  it('is taken where the server announces it, by crawls at once and by each of their lanes', async () => {
    const client = open();
    const urls = site.pageUrls(150);
    const crawls = [client.crawl(urls), client.crawl(site.pageUrls(3)), client.crawl([site.missingUrl])];
    const events = await Promise.all(crawls.map(readToEnd));
    assert.deepEqual(
      crawls.map(({ counts }) => [counts.asked, counts.succeeded, counts.failed]),
      [
        [150, 150, 0],
        [3, 3, 0],
        [1, 0, 1],
      ],
    );
    assert.equal(tap.connections, 1);
    for (const own of events) assert.equal(own.filter((event) => event.message_type === 'welcome').length, 1);
    assert.equal(client.metrics.ignoredResults, 0);
  });

  it('is one more where the server takes no more crawls over one', async () => {
    const client = open();
    const urls = Array.from({ length: maxCrawlsPerConnection + 1 }, (_, n) => held.url(`/${n}`));
    const crawls = urls.map((url) => client.crawl([url]));
    await Promise.all(crawls.map((crawl) => readUntil(crawl, 'metadata')));
    assert.deepEqual([client.metrics.reconnects, tap.connections], [0, 2]);
    for (const crawl of crawls) await crawl.return?.();
  });

  it('has a crawl ended that is asked for anew, after a message that was too large', async () => {
    let helds = 0;
    // Held for the first crawl alone.
    const mixed = new HeldSite((path) => {
      if (path === '/large') return `<p>${'flood and ebb '.repeat(2_000)}`;
      return ++helds > 1 ? '<p>slack water' : undefined;
    });
    await mixed.listen();
    const client = open({ maxMessageBytes: 20_000, maxConnectionsPerCrawl: 1 });
    const crawl = client.crawl([mixed.url('/held'), mixed.url('/large')]);
    const events = readToEnd(crawl);
    // The engine still waited for it, for nobody.
    await mixed.givenUp('/held');
    await events;
    assert.deepEqual([crawl.counts.succeeded, crawl.counts.failed], [1, 1]);
    await mixed.close();
  });

  it('outlives a crawl that is stopped, which the server gives up', async () => {
    const client = open();
    const stopped = client.crawl([held.url('/given-up')]);
    const other = client.crawl([held.url('/other')]);
    const rest = readToEnd(other);
    await readUntil(stopped, 'metadata');
    await Promise.all([held.asked('/given-up'), held.asked('/other')]);
    await stopped.return?.();
    await held.givenUp('/given-up');
    await held.release('/other');
    await rest;
    assert.deepEqual([other.counts.succeeded, tap.connections], [1, 1]);
  });

  it('outlives a crawl that is aborted in the middle of a read', async () => {
    const client = open();
    const abort = new AbortController();
    const aborted = client.crawl([held.url('/given-up')], null, { signal: abort.signal });
    const reading = readToEnd(aborted);
    await held.asked('/given-up');
    const other = readToEnd(client.crawl([held.url('/other')]));
    await held.asked('/other');
    abort.abort();
    await assert.rejects(reading, (error: ClientError) => error.reason === 'cancelled');
    await held.givenUp('/given-up');
    await held.release('/other');
    await other;
    assert.equal(tap.connections, 1);
  });

  it('when it drops, is replaced once, and each crawl goes on where it was', async () => {
    const client = open();
    const first = [...site.pageUrls(10), held.url('/1')];
    const crawls = [client.crawl(first), client.crawl([...site.pageUrls(5), held.url('/2')])];
    const rest = crawls.map(async (crawl) => {
      for (let results = 0; results < crawl.counts.asked - 1; results += 1) await readUntil(crawl, 'result');
      return crawl;
    });
    await Promise.all([...rest, held.asked('/1'), held.asked('/2')]);
    tap.cut();
    for (const crawl of crawls) await readUntil(crawl, 'reconnecting');
    await Promise.all([held.release('/1'), held.release('/2')]);
    await Promise.all(crawls.map(readToEnd));
    assert.equal(tap.connections, 2);
    assert.deepEqual([held.requested.length, site.requested.length], [2, 15]);
    const { resentUrls, ignoredResults } = client.metrics;
    assert.deepEqual([resentUrls, ignoredResults], [0, 0]);
  });

  it('asks again for what is outstanding where the server has forgotten', async () => {
    const client = open();
    const crawl = client.crawl([...site.pageUrls(3), ...site.heldUrls(1)]);
    for (let results = 0; results < 3; results += 1) await readUntil(crawl, 'result');
    await site.whenRequested('/held/1', 1);
    const reborn = await startOwnServer();
    try {
      tap.target = reborn.address;
      tap.cut();
      const rest = readToEnd(crawl);
      await site.whenRequested('/held/1', 2);
      site.release();
      const outcomes = (await rest).filter((event) => event.message_type === 'result');
      assert.deepEqual(
        outcomes.map(({ data }) => data.index),
        [3],
      );
      assert.deepEqual([site.requested.length, client.metrics.resentUrls], [5, 1]);
      await client.close();
    } finally {
      await reborn.close();
    }
  });

  it('costs a page above the message limit only itself, and no other crawl a page', async () => {
    const large = new HeldSite(() => `<p>${'The tide turns. '.repeat(9000)}</p>`);
    await large.listen();
    const client = open({ maxMessageBytes: 50_000 });
    const urls = [...site.pageUrls(20), large.url('/large'), ...site.pageUrls(5)];
    const crawls = [client.crawl(urls), client.crawl(site.pageUrls(30)), client.crawl([held.url('/alone')])];
    const [withLarge, other, alone] = crawls.map(readToEnd);
    await held.asked('/alone');
    // It was in company all the time, with a page that was the only one asked for, and is not taken for the culprit.
    const events = await withLarge!;
    await other;
    await held.release('/alone');
    await alone;
    await large.close();
    assert.deepEqual(
      crawls.map(({ counts }) => [counts.succeeded, counts.failed]),
      [
        [25, 1],
        [30, 0],
        [1, 0],
      ],
    );
    const undeliverable = events.filter((event) => event.message_type === 'undeliverable');
    assert.deepEqual(
      undeliverable.map(({ data }) => data.index),
      [20],
    );
  });

  it('does not run full for a reader that stops reading', async () => {
    const client = open();
    const bulk = '<p>' + 'The tide turns. '.repeat(90_000) + '</p>';
    const pages = new HeldSite(() => bulk);
    await pages.listen();
    const urls = Array.from({ length: 60 }, (_, n) => pages.url(`/${n}`));
    const crawl = client.crawl(urls, { skip_extraction: true, concurrency: 4 });
    await readUntil(crawl, 'metadata');
    while (!crawl.isReadingPaused) await new Promise((resolve) => setImmediate(resolve));
    // The other crawls of the socket are read on.
    await readToEnd(client.crawl(site.pageUrls(30)));
    const before = pages.requested.length;
    await readToEnd(client.crawl(site.pageUrls(30)));
    assert.ok(before < 40, String(before));
    assert.equal(pages.requested.length, before);
    const rest = await readToEnd(crawl);
    assert.equal(rest.filter((event) => event.message_type === 'result').length, 60);
    await pages.close();
    assert.equal(tap.connections, 1);
  });

  describe('pause', () => {
    it('lets what runs finish and begins nothing, until unpause', async () => {
      const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] });
      const client = open();
      const crawl = client.crawl([held.url('/1'), held.url('/2')], { concurrency: 1 });
      await readUntil(crawl, 'metadata');
      await held.asked('/1');
      crawl.pause();
      await client.ping();
      await held.release('/1');
      await readUntil(crawl, 'result');
      // Nobody is late who is paused.
      clock.tick(10 * 60_000);
      clock.uninstall();
      await client.ping();
      assert.deepEqual(held.requested, ['/1']);
      crawl.unpause();
      await held.release('/2');
      await readToEnd(crawl);
      assert.equal(client.metrics.reconnects, 0);
    });

    it('lasts over a drop', async () => {
      const client = open();
      const crawl = client.crawl([held.url('/1'), held.url('/2')], { concurrency: 1 });
      await readUntil(crawl, 'metadata');
      await held.asked('/1');
      crawl.pause();
      await client.ping();
      tap.cut();
      await readUntil(crawl, 'reconnecting');
      await held.release('/1');
      await client.ping();
      assert.deepEqual(held.requested, ['/1']);
      crawl.unpause();
      await held.release('/2');
      await readToEnd(crawl);
      assert.deepEqual([crawl.counts.succeeded, client.metrics.resentUrls], [2, 0]);
      assert.deepEqual(held.requested, ['/1', '/2']);
    });

    it('may be the server’s own, also over a drop, and ends by unpause', async () => {
      const client = open();
      const urls = Array.from({ length: 30 }, (_, n) => `${site.origin}/nowhere/${n}`);
      const crawl = client.crawl(urls, { concurrency: 1 });
      await readUntil(crawl, 'paused');
      const before = crawl.counts.failed;
      assert.ok(before >= 20 && before < 30, String(before));
      tap.cut();
      await readUntil(crawl, 'reconnecting');
      await client.ping();
      crawl.unpause();
      const rest = await readToEnd(crawl);
      assert.ok(!rest.some((event) => event.message_type === 'paused'));
      assert.deepEqual([crawl.counts.failed, site.requested.length], [30, 30]);
    });

    it('is no end: a paused crawl can be stopped', async () => {
      const crawl = open().crawl([held.url('/1')]);
      await readUntil(crawl, 'metadata');
      await held.asked('/1');
      crawl.pause();
      await crawl.return?.();
      await held.givenUp('/1');
    });

    it('asks a server of 1.0 for no new batch', async () => {
      const fake = await FakeRipTide.start();
      const client = new RipTideClient({ address: fake.address, maxConnectionsPerCrawl: 1 });
      const crawl = client.crawl(Array.from({ length: 150 }, (_, n) => `https://x.example/${n}`));
      await readUntil(crawl, 'metadata');
      crawl.pause();
      for (let results = 0; results < 100; results += 1) await readUntil(crawl, 'result');
      await client.ping();
      const asked = (): number =>
        fake.peers.flatMap(({ requests }) => requests).filter((each) => each.request_type === 'crawl').length;
      assert.equal(asked(), 1);
      crawl.unpause();
      await readToEnd(crawl);
      assert.equal(asked(), 2);
      await client.close();
      await fake.stop();
    });
  });

  describe('on the wire', () => {
    /** The results of a crawl, without what differs from one crawl to the next, and all that the server has sent. */
    async function crawled(
      client: RipTideClient,
      through: Tap,
      takesRawResults = false,
    ): Promise<{ results: unknown[]; answers: Buffer }> {
      const answers: Buffer[] = (through.answers = []);
      const urls = [...site.pageUrls(3), site.missingUrl];
      const results: unknown[] = [];
      for await (const event of client.crawl(urls, { concurrency: 1 }, { takesRawResults })) {
        if (event.message_type !== 'result') continue;
        const { result } = event.data;
        const document = result.document && { ...result.document, parser_metadata: null };
        results[event.data.index] = { ...result, document, processing_time_ms: 0 };
      }
      return { results: results.filter(Boolean), answers: Buffer.concat(answers) };
    }

    it('results are the same as MessagePack', async () => {
      const text = await crawled(open(), tap);
      assert.ok(text.answers.includes('"markdown":'));
      const packed = await crawled(open({ encoding: 'messagepack' }), tap);
      assert.ok(!packed.answers.includes('"markdown":') && packed.answers.includes('markdown'));
      assert.equal(packed.results.length, 4);
      assert.deepEqual(packed.results, text.results);
    });

    it('raw results stay text, whatever the encoding', async () => {
      const { results, answers } = await crawled(open({ encoding: 'messagepack' }), tap, true);
      assert.ok(answers.includes('"markdown":'));
      assert.equal(results.length, 1);
    });

    it('messages are compressed where the server is not on this machine, and agrees', async () => {
      const far = await startOwnServer({ compressesFor: () => true });
      const farTap = await Tap.start(far.address);
      const proxy = await ConnectProxy.start();
      try {
        const near = await crawled(open({ address: farTap.address }), farTap);
        assert.ok(near.answers.includes('"markdown":'));
        const address = farTap.address.replace('127.0.0.1', 'riptide.example');
        const client = open({ address, network: { proxyUrl: proxy.url } });
        const { results, answers } = await crawled(client, farTap);
        assert.deepEqual(results, near.results);
        assert.match(answers.toString('latin1'), /^Sec-WebSocket-Extensions: permessage-deflate/im);
        assert.ok(!answers.includes('"markdown":'));
        assert.ok(answers.length < near.answers.length * 0.7, `${answers.length} of ${near.answers.length}`);
        await client.close();
      } finally {
        await proxy.stop();
        await farTap.stop();
        await far.close();
      }
    });
  });

  it('is never tried on a server of 1.0, nor on one that announces other extensions', async () => {
    for (const extensions of [
      undefined,
      ['concurrent-requests'],
      ['request-ids', 'crawl-control', 'credit'],
    ]) {
      const fake = await FakeRipTide.start({ onOpen: (peer) => peer.greet(extensions) });
      const client = new RipTideClient({ address: fake.address });
      const urls = Array.from({ length: 150 }, (_, n) => `https://x.example/${n}`);
      await Promise.all(
        [urls, urls.slice(0, 3), urls.slice(0, 1)].map((own) => readToEnd(client.crawl(own))),
      );
      const stopped = client.crawl(urls);
      await readUntil(stopped, 'metadata');
      await stopped.return?.();
      for (const { headers, requests } of fake.peers) {
        assert.equal(headers['sec-websocket-extensions'], undefined);
        for (const request of requests) {
          assert.deepEqual(Object.keys(request).sort(), ['data', 'request_type']);
          assert.equal(request.request_type, 'crawl');
          assert.deepEqual(Object.keys(request.data as object).sort(), ['options', 'urls']);
        }
      }
      await client.close();
      await fake.stop();
    }
  });
});
