import assert from 'node:assert/strict';
import type { SiteCrawlEvent } from '../../src/client/siteCrawlEvent';
import { siteCrawlsExtension, type SiteOptions } from '../../src/protocol/messages';
import { ClientBench, failureOf } from '../support/clientBench';
import { pageOf, type FakePeer } from '../support/fakeRipTide';
import { FakeSite, home, type Links } from '../support/fakeSite';
import { unpackPages } from '../support/resumedPages';
import { opcodes } from '../support/webSocketFrames';
import { wholeHost } from '../support/siteOptions';

const site: SiteOptions = { ...wholeHost, max_depth: 2, max_pages: 100 };

const links: Links = {
  [home]: [`${home}a`, `${home}b`, 'https://other.example/'],
  [`${home}a`]: [home, `${home}b`, `${home}c`],
  [`${home}b`]: [`${home}c`],
  [`${home}c`]: [`${home}too-deep`],
};

/** Index and what became of it, in the order told; `found` pages as they are named. */
function told(events: readonly SiteCrawlEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.message_type) {
      case 'found':
        return event.data.pages.map(
          ({ index, url, skipped }) => `${index} ${skipped?.rule ?? 'found'} ${url.replace(home, '/')}`,
        );
      case 'result':
        return [`${event.data.index} result ${event.data.result.url.replace(home, '/')}`];
      case 'undeliverable':
        return [`${event.data.index} undeliverable`];
      default:
        return [event.message_type];
    }
  });
}

async function collect(crawl: AsyncIterable<SiteCrawlEvent>): Promise<SiteCrawlEvent[]> {
  const events: SiteCrawlEvent[] = [];
  for await (const event of crawl) events.push(event);
  return events;
}

function once(action: (peer: FakePeer) => void): (peer: FakePeer) => boolean {
  let isDone = false;
  return (peer) => {
    if (isDone) return true;
    isDone = true;
    action(peer);
    return false;
  };
}

describe('a site crawl', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('tells each page before its result, and asks for more as it finds them', async () => {
    const script = new FakeSite(links);
    const server = await bench.serve(script);
    const crawl = bench.client(server.address).crawlSite([home], site);
    const events = await collect(crawl);
    assert.deepEqual(told(events), [
      'welcome',
      'metadata',
      '1 found /a',
      '2 found /b',
      '3 scope https://other.example/',
      '0 result /',
      '4 found /c',
      '1 result /a',
      '2 result /b',
      '5 depth /too-deep',
      '4 result /c',
      'summary',
    ]);
    assert.deepEqual(crawl.counts, { asked: 6, succeeded: 4, failed: 0, skipped: 2, outstanding: 0 });
    const asked = { urls: [home], options: null, site: { ...site, resumed: null }, credit: 64 };
    assert.deepEqual(script.requests, [asked]);
    assert.equal(server.peers.length, 1);
    const last = events.at(-1);
    assert.ok(last?.message_type === 'summary');
    assert.deepEqual(
      { ...last.data, total_processing_time_ms: 0 },
      {
        total_urls: 6,
        successful: 4,
        failed: 0,
        skipped: 2,
        total_processing_time_ms: 0,
      },
    );
    const fourth = events.find(({ message_type }) => message_type === 'result');
    assert.ok(fourth?.message_type === 'result');
    assert.deepEqual(fourth.data.progress, { completed: 2, total: 4, success_rate: 0.5 });
  });

  it('takes up what is outstanding after a drop, and names what is known', async () => {
    const script = new FakeSite(links, (peer, url) => (url === `${home}b` ? drop(peer) : true));
    const drop = once((peer) => peer.drop());
    const server = await bench.serve(script);
    const client = bench.client(server.address, { random: () => 0 });
    const crawl = client.crawlSite([home], site);
    const events = await collect(crawl);
    assert.deepEqual(told(events).slice(-6), [
      '1 result /a',
      'reconnecting',
      '2 result /b',
      '5 depth /too-deep',
      '4 result /c',
      'summary',
    ]);
    assert.equal(events.filter(({ message_type }) => message_type === 'metadata').length, 1);
    assert.deepEqual(crawl.counts, { asked: 6, succeeded: 4, failed: 0, skipped: 2, outstanding: 0 });
    const [, again] = script.requests;
    assert.deepEqual(again?.urls, [home]);
    const { elapsed_ms, pages, ...resumed } = again.site!.resumed!;
    assert.ok(elapsed_ms >= 0);
    assert.deepEqual(resumed, { outstanding: 2, pages_fetched: 2 });
    assert.deepEqual(unpackPages(pages), [
      { url: `${home}b`, state: { kind: 'outstanding', depth: 1 }, memo: '' },
      { url: `${home}c`, state: { kind: 'outstanding', depth: 2 }, memo: '' },
      { url: home, state: { kind: 'succeeded' }, memo: '' },
      { url: `${home}a`, state: { kind: 'succeeded' }, memo: '' },
      { url: 'https://other.example/', state: { kind: 'done' }, memo: '' },
    ]);
    assert.equal(client.metrics.reconnects, 1);
  });

  it('goes on from a checkpoint, by the indexes of the crawl', async () => {
    const script = new FakeSite(links);
    const server = await bench.serve(script);
    const checkpoint = {
      pages: [
        { url: home, depth: 0, settlement: 'succeeded' as const, memo: 'once told' },
        { url: `${home}a`, depth: 1, settlement: 'failed' as const, memo: null },
        { url: 'https://other.example/', depth: 1, settlement: 'skipped' as const, memo: null },
        { url: `${home}c`, depth: 2, settlement: null, memo: null },
      ],
      fetchedInVain: 1,
      elapsedMs: 5_000,
    };
    const crawl = bench.client(server.address).crawlSite([home], site, { checkpoint });
    assert.deepEqual(crawl.counts, { asked: 4, succeeded: 1, failed: 1, skipped: 1, outstanding: 1 });
    assert.deepEqual(told(await collect(crawl)), [
      'welcome',
      'metadata',
      '4 depth /too-deep',
      '3 result /c',
      'summary',
    ]);
    const resumed = script.requests[0]?.site?.resumed;
    assert.equal(resumed?.pages_fetched, 3);
    assert.ok(resumed.elapsed_ms >= 5_000);
    assert.deepEqual(unpackPages(resumed.pages), [
      { url: `${home}c`, state: { kind: 'outstanding', depth: 2 }, memo: '' },
      { url: home, state: { kind: 'succeeded' }, memo: 'once told' },
      { url: `${home}a`, state: { kind: 'done' }, memo: '' },
      { url: 'https://other.example/', state: { kind: 'done' }, memo: '' },
    ]);
  });

  it('asks what more there is when its connection ends behind the last result, and is over', async () => {
    const script = new FakeSite({}, (peer, url) => {
      peer.sendMetadata(1);
      peer.sendResult(0, url, 1, 1);
      peer.drop();
      return false;
    });
    const server = await bench.serve(script);
    const events = await collect(bench.client(server.address).crawlSite([home], site));
    assert.deepEqual(told(events), ['welcome', 'metadata', '0 result /', 'reconnecting', 'summary']);
    assert.equal(script.requests.length, 1);
  });

  it('settles a page as skipped that was announced before', async () => {
    const script = new FakeSite({ [home]: [`${home}a`] }, (peer, url) => {
      if (url === home) return true;
      const skipped = { rule: 'page-limit', message: 'the limit is reached' } as const;
      const page = { index: 1, url, depth: 1, found_on: home, skipped };
      peer.send('found', { pages: [page] });
      peer.send('summary', { total_urls: 2, successful: 1, failed: 0, total_processing_time_ms: 1 });
      return false;
    });
    const server = await bench.serve(script);
    const crawl = bench.client(server.address).crawlSite([home], site);
    assert.deepEqual(told(await collect(crawl)).slice(2), [
      '1 found /a',
      '0 result /',
      '1 page-limit /a',
      'summary',
    ]);
    assert.deepEqual(crawl.counts, { asked: 2, succeeded: 1, failed: 0, skipped: 1, outstanding: 0 });
  });

  it('finds the page whose result is too large, and crawls all others', async () => {
    const script = new FakeSite(links, (peer, url) => {
      if (url !== `${home}b`) return true;
      peer.sendFrame(opcodes.text, Buffer.alloc(5_000, 0x20));
      return false;
    });
    const server = await bench.serve(script);
    const client = bench.client(server.address, { random: () => 0, maxMessageBytes: 4_000 });
    const crawl = client.crawlSite([home], site);
    const events = await collect(crawl);
    assert.deepEqual(
      told(events).filter((each) => each.endsWith('undeliverable')),
      ['2 undeliverable'],
    );
    assert.deepEqual(crawl.counts, { asked: 6, succeeded: 3, failed: 1, skipped: 2, outstanding: 0 });
  });

  it('fails with what to do where the server crawls lists alone', async () => {
    const server = await bench.serve();
    const events: SiteCrawlEvent[] = [];
    const crawl = bench.client(server.address).crawlSite([home], site, { onEvent: (e) => events.push(e) });
    const error = await failureOf(collect(crawl), 'site-crawl-unsupported');
    assert.match(error.message, /built-in engine/);
    assert.equal(server.peers[0]?.requests.length, 0);
    assert.deepEqual(events, []);
    const none = await bench.serve({
      onUpgrade: (socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    });
    const refused = bench.client(none.address).crawlSite([home], site);
    await failureOf(collect(refused), 'site-crawl-unsupported');
  });

  it('leaves no connection to a server that crawls lists alone, also where one waits for it', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    const refused = failureOf(collect(client.crawlSite([home], site)), 'site-crawl-unsupported');
    const list = client.crawl([home]);
    await collect(list);
    await refused;
    assert.equal(list.counts.succeeded, 1);
    await server.until(() => server.peers.length === 2 && server.openPeers.length === 0);
  });

  it('has a connection of its own where the server cannot tell crawls apart', async () => {
    const script = new FakeSite(links, (peer, url) => (url === `${home}b` ? drop(peer) : true));
    const drop = once((peer) => peer.drop());
    const server = await bench.serve({
      onOpen: (peer) => peer.greet([siteCrawlsExtension]),
      onRequest: script.onRequest,
    });
    const client = bench.client(server.address, { random: () => 0 });
    const crawls = [client.crawlSite([home], site), client.crawlSite([home], site)];
    await Promise.all(crawls.map(collect));
    for (const { counts } of crawls) {
      assert.deepEqual(counts, { asked: 6, succeeded: 4, failed: 0, skipped: 2, outstanding: 0 });
    }
    assert.deepEqual(script.requestIds, [undefined, undefined, undefined]);
    assert.equal(server.peers.length, 3);
  });

  it('fails as refused, with the server’s words, when the request is wrong', async () => {
    const script = new FakeSite({});
    const server = await bench.serve({
      onOpen: script.onOpen,
      onRequest: (peer) =>
        peer.send('error', { error_type: 'validation_error', message: 're:( is no pattern' }),
    });
    const crawl = bench.client(server.address).crawlSite([home], site);
    const error = await failureOf(collect(crawl), 'crawl-refused');
    assert.match(error.message, /re:\( is no pattern/);
    await failureOf(collect(bench.client(server.address).crawlSite([], site)), 'crawl-refused');
  });

  it('takes a gap in the numbers for a fault, and asks again', async () => {
    const gap = once((peer) => {
      const page = { index: 7, url: `${home}x`, depth: 1, found_on: home, skipped: null };
      peer.send('found', { pages: [page] });
    });
    const server = await bench.serve(new FakeSite({}, gap));
    const crawl = bench.client(server.address, { random: () => 0 }).crawlSite([home], site);
    assert.deepEqual(told(await collect(crawl)), [
      'welcome',
      'metadata',
      'reconnecting',
      '0 result /',
      'summary',
    ]);
  });

  it('asks when half of the pages fail, and goes on by the id of its request', async () => {
    let goOn = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (goOn = resolve));
    const script = new FakeSite({}, async (peer) => {
      peer.send('paused', { reason: 'failing', message: 'half of the pages fail' });
      await isAnswered;
      return true;
    });
    const server = await bench.serve({
      onOpen: script.onOpen,
      onRequest: (peer, message) => {
        if (message.request_type === 'unpause') goOn();
        void script.onRequest(peer, message);
      },
    });
    const crawl = bench.client(server.address).crawlSite([home], site);
    const events: SiteCrawlEvent[] = [];
    for await (const event of crawl) {
      events.push(event);
      if (event.message_type === 'paused') crawl.unpause();
    }
    assert.deepEqual(told(events), ['welcome', 'metadata', 'paused', '0 result /', 'summary']);
    const [id] = script.requestIds;
    assert.ok(id);
    assert.deepEqual(server.peers[0]?.requests[1], { request_type: 'unpause', data: { request_id: id } });
  });

  it('counts no time for which it was paused', async () => {
    const clock = bench.stopTime();
    const script: FakeSite = new FakeSite({}, () => script.requests.length > 1);
    const server = await bench.serve(script);
    const crawl = bench.client(server.address, { random: () => 0 }).crawlSite([home], site);
    await crawl.next();
    await crawl.next();
    crawl.pause();
    clock.tick(3_600_000);
    server.peers[0]?.drop();
    assert.equal((await crawl.next()).value?.message_type, 'reconnecting');
    clock.tick(0);
    crawl.unpause();
    await collect(crawl);
    const elapsedMs = script.requests[1]?.site?.resumed?.elapsed_ms;
    assert.ok(elapsedMs !== undefined && elapsedMs < 60_000, String(elapsedMs));
  });

  it('hears nothing that is meant for another request', async () => {
    const server = await bench.serve(
      new FakeSite({}, (peer, url) => {
        const message = { index: 0, result: pageOf(`${url}?fail=1`), progress: progress };
        peer.sendText(
          JSON.stringify({ message_type: 'result', request_id: 'other', data: message, timestamp: '' }),
        );
        return true;
      }),
    );
    const progress = { completed: 1, total: 1, success_rate: 0 };
    const crawl = bench.client(server.address).crawlSite([home], site);
    await collect(crawl);
    assert.equal(crawl.counts.succeeded, 1);
  });

  it('ends its connection when it is aborted, and when its loop is left', async () => {
    const script = new FakeSite({ [home]: [`${home}a`] }, (_peer, url) => url === home);
    const server = await bench.serve(script);
    const abort = new AbortController();
    const aborted = bench.client(server.address).crawlSite([home], site, {
      signal: abort.signal,
      onEvent: ({ message_type }) => {
        if (message_type === 'result') abort.abort();
      },
    });
    await failureOf(collect(aborted), 'cancelled');
    assert.deepEqual(aborted.outstandingIndexes(), [1]);
    for await (const event of bench.client(server.address).crawlSite([home], site)) {
      if (event.message_type === 'result') break;
    }
    await server.until(() => server.openPeers.length === 0);
  });
});
