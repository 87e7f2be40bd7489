import assert from 'node:assert/strict';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import type { ClientMessage, CrawlRequest } from '../../src/protocol/messages';
import type { FakePeer, FakeRipTide, FakeScript } from '../support/fakeRipTide';
import { encodeFrame, frameHead, opcodes } from '../support/webSocketFrames';
import { ClientBench, collect, failureOf, resultsOf, typesOf } from '../support/clientBench';

const never = (): Promise<void> => new Promise(() => undefined);
/** Lets what a timer set off come to its next wait. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pages = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `https://site.example/page${at}`);
const four = pages(4);

/** URLs of each crawl request, in the order the connections came. */
function asked(server: FakeRipTide): string[][] {
  return server.peers.flatMap((peer) =>
    peer.requests.flatMap((request) => (request.request_type === 'crawl' ? [request.data.urls] : [])),
  );
}

function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame(opcodes.close, payload);
}

function eventsOf<Type extends CrawlEvent['message_type']>(
  events: readonly CrawlEvent[],
  type: Type,
): Extract<CrawlEvent, { message_type: Type }>['data'][] {
  return events.flatMap((event) => (event.message_type === type ? [event.data] : [])) as never;
}

/** Answers normally but for the first crawl, of which two results come before `end` happens. */
function failingOnce(end: (peer: FakePeer, request: CrawlRequest) => void | Promise<void>): FakeScript {
  let isFirst = true;
  return {
    onRequest: (peer: FakePeer, request: ClientMessage) => {
      if (!isFirst || request.request_type !== 'crawl') return peer.answer(request);
      isFirst = false;
      const { urls } = request.data;
      peer.sendMetadata(urls.length);
      peer.sendResult(2, urls[2]!, 1, urls.length);
      peer.sendResult(0, urls[0]!, 2, urls.length);
      return end(peer, request.data);
    },
  };
}

describe('a crawl recovers', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  const ends: [string, (peer: FakePeer) => void | Promise<void>][] = [
    ['TCP that ends', (peer) => peer.drop()],
    ...[1000, 1001, 1008, 1011, 1012, 1013].map((code): [string, (peer: FakePeer) => void] => [
      `a Close with ${code}`,
      (peer) => peer.sendBytes(closeFrame(code)),
    ]),
    [
      'an error in the middle',
      (peer) => peer.send('error', { error_type: 'internal_error', message: 'oops' }),
    ],
    [
      'a summary that comes too early',
      (peer) =>
        peer.send('summary', { total_urls: 4, successful: 2, failed: 0, total_processing_time_ms: 9 }),
    ],
    [
      'a summary that claims results it never sent',
      (peer) =>
        peer.send('summary', { total_urls: 4, successful: 4, failed: 0, total_processing_time_ms: 9 }),
    ],
    ['bytes that are no frame', (peer) => peer.sendBytes(Buffer.from([0xff, 0xff, 0xff, 0xff]))],
    ['a message that is no JSON', (peer) => peer.sendText('{"message_type":"resu')],
  ];
  for (const [what, end] of ends) {
    it(`from ${what}: asks for what is outstanding, under the old indexes`, async () => {
      const server = await bench.serve(failingOnce(end));
      const client = bench.client(server.address, { random: () => 0 });
      const events = await collect(client.crawl(four));
      assert.deepEqual(asked(server), [four, [four[1], four[3]]]);
      assert.deepEqual(resultsOf(events), [
        [2, four[2]],
        [0, four[0]],
        [1, four[1]],
        [3, four[3]],
      ]);
      assert.equal(typesOf(events).filter((type) => type === 'metadata' || type === 'summary').length, 2);
      const [reconnecting] = eventsOf(events, 'reconnecting');
      assert.deepEqual(
        { ...reconnecting, reason: undefined },
        {
          attempt: 1,
          delayMs: 0,
          outstanding: 2,
          reason: undefined,
        },
      );
      const { resentUrls, recoveredResults, reconnects } = client.metrics;
      assert.deepEqual(
        { resentUrls, recoveredResults, reconnects },
        { resentUrls: 2, recoveredResults: 2, reconnects: 1 },
      );
    });
  }

  it('from a drop latch: results stop for good, and pings are still answered', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve(failingOnce(never));
    const client = bench.client(server.address, { idleTimeoutMs: 5000, random: () => 0 });
    const crawl = client.crawl(four);
    const events: CrawlEvent[] = [];
    for (let read = 0; read < 4; read += 1) events.push((await crawl.next()).value!);
    // A 1.0 server may be silent for 40 s, so the shorter setting does not count.
    clock.tick(59_999);
    assert.equal(server.peers.length, 1);
    clock.tick(1);
    await nextTurn();
    clock.tick(0);
    events.push(...(await collect(crawl)));
    assert.equal(resultsOf(events).length, 4);
    assert.equal(eventsOf(events, 'reconnecting')[0]?.reason, 'response-timeout');
  });

  it('from a wedge: a request that is never answered', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({
      onRequest: (peer, request) => (server.peers.length === 1 ? never() : peer.answer(request)),
    });
    const reading = collect(bench.client(server.address, { random: () => 0 }).crawl(four));
    await server.until(() => server.peers[0]?.requests.length === 1);
    clock.tick(10_000);
    await nextTurn();
    clock.tick(0);
    assert.equal(resultsOf(await reading).length, 4);
    assert.equal(asked(server).length, 3);
  });

  it('and waits for an answer that comes behind other bytes of a shared connection', async () => {
    const clock = bench.stopTime();
    const shared = ['request-ids', 'crawl-control', 'credit', 'resume-from'];
    const server = await bench.serve({ onOpen: (peer) => peer.greet(shared), onRequest: () => undefined });
    const client = bench.client(server.address);
    const reading = collect(client.crawl([four[0]!]));
    await server.until(() => server.peers[0]?.requests.length === 1);
    const [peer] = server.peers;
    for (const payload of ['one', 'two', 'three']) {
      clock.tick(9_000);
      peer!.sendFrame(opcodes.ping, Buffer.from(payload));
      await server.until(() =>
        peer!.frames.some((frame) => frame.opcode === opcodes.pong && frame.payload.toString() === payload),
      );
    }
    peer!.sendMetadata(1);
    peer!.sendResult(0, four[0]!, 1, 1);
    await reading;
    assert.deepEqual([server.peers.length, client.metrics.reconnects], [1, 0]);
  });

  it('and lives through 119 s without a byte', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onRequest: (peer) => peer.sendMetadata(1) });
    const crawl = bench.client(server.address).crawl([four[0]!]);
    await crawl.next();
    await crawl.next();
    clock.tick(119_999);
    server.peers[0]!.sendResult(0, four[0]!, 1, 1);
    assert.equal((await crawl.next()).value?.message_type, 'result');
    assert.equal(server.peers.length, 1);
  });

  it('and does not wait for a summary that adds nothing', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(1);
        peer.sendResult(0, four[0]!, 1, 1);
        return never();
      },
    });
    const events = await collect(bench.client(server.address).crawl([four[0]!]));
    assert.deepEqual(typesOf(events), ['welcome', 'metadata', 'result', 'summary']);
  });

  it('and never books a late result of one batch for a URL of the next', async () => {
    const urls = pages(102);
    const server = await bench.serve({
      onRequest: async (peer, request) => {
        if (peer.requests.length === 2) {
          peer.sendMetadata(2);
          peer.sendResult(1, urls[1]!, 1, 2);
        }
        await peer.answer(request);
      },
    });
    const client = bench.client(server.address, { maxConnectionsPerCrawl: 1 });
    const results = resultsOf(await collect(client.crawl(urls)));
    assert.deepEqual(
      results.sort(([one], [other]) => one - other),
      urls.map((url, index) => [index, url]),
    );
    assert.equal(client.metrics.ignoredResults, 1);
  });

  it('and ends with a named reason when nothing helps, and the account says what is left', async () => {
    const server = await bench.serve({
      onRequest: (peer, request) =>
        request.request_type === 'crawl' && request.data.urls.some((url) => url.endsWith('page2'))
          ? peer.drop()
          : peer.answer(request),
    });
    const crawl = bench.client(server.address, { random: () => 0 }).crawl(four);
    await failureOf(collect(crawl), 'connection-lost');
    assert.deepEqual(crawl.counts, { asked: 4, succeeded: 3, failed: 0, skipped: 0, outstanding: 1 });
    assert.deepEqual(crawl.outstandingIndexes(), [2]);
  });
});

describe('tries', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('are six in a row by default, each after a longer wait', async () => {
    const clock = bench.stopTime();
    let dialled = 0;
    const server = await bench.serve({
      onUpgrade: (socket) => {
        dialled += 1;
        socket.destroy();
      },
    });
    const waits: number[] = [];
    const crawl = bench.client(server.address, { random: () => 0.5 }).crawl(four, null, {
      onEvent: (event) => {
        if (event.message_type !== 'reconnecting') return;
        waits.push(event.data.delayMs);
        // The wait begins once this callback is through.
        setImmediate(() => clock.tick(event.data.delayMs));
      },
    });
    await failureOf(collect(crawl), 'connection-lost');
    assert.deepEqual(waits, [125, 250, 500, 1000, 2000]);
    assert.equal(dialled, 6);
    assert.equal(crawl.counts.outstanding, 4);
  });

  it('wait as long as a busy server asks for', async () => {
    const clock = bench.stopTime();
    let dialled = 0;
    const server = await bench.serve({
      onUpgrade: (socket) => {
        dialled += 1;
        socket.end('HTTP/1.1 429 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n');
      },
    });
    const client = bench.client(server.address, { maxRetries: 1, random: () => 0 });
    const crawl = client.crawl(four);
    const first = await crawl.next();
    assert.ok(first.value?.message_type === 'reconnecting');
    assert.equal(first.value.data.delayMs, 60_000);
    clock.tick(59_999);
    assert.equal(dialled, 1);
    clock.tick(1);
    const error = await failureOf(crawl.next(), 'rate-limited');
    assert.equal(error.retryAfterMs, 60_000);
    assert.equal(dialled, 2);
  });

  for (const [status, reason] of [
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'no-websocket'],
    [405, 'no-websocket'],
    [426, 'no-websocket'],
    [501, 'no-websocket'],
  ] as const) {
    it(`are never made after HTTP ${status}: one request, one error`, async () => {
      let dialled = 0;
      const server = await bench.serve({
        onUpgrade: (socket) => {
          dialled += 1;
          socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
        },
      });
      const events: CrawlEvent[] = [];
      const crawl = bench
        .client(server.address)
        .crawl(pages(350), null, { onEvent: (event) => events.push(event) });
      await failureOf(collect(crawl), reason);
      assert.equal(dialled, 1);
      assert.deepEqual(events, []);
    });
  }

  it('are cut short by an abort', async () => {
    const server = await bench.serve({ onRequest: (peer) => peer.drop() });
    const controller = new AbortController();
    const client = bench.client(server.address, { random: () => 0.999 });
    const crawl = client.crawl(four, null, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.message_type === 'reconnecting') setImmediate(() => controller.abort());
      },
    });
    await failureOf(collect(crawl), 'cancelled');
    assert.equal(server.peers.length, 1);
  });
});

describe('a URL that is not taken', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('by a rule of RipTide is left out before sending, and the rest is crawled', async () => {
    const server = await bench.serve();
    const urls = ['https://site.example/v10.2', four[0]!, 'https://site.example/data.json', 'mailto:me'];
    const events = await collect(bench.client(server.address).crawl(urls));
    assert.deepEqual(asked(server), [[four[0]]]);
    assert.deepEqual(
      eventsOf(events, 'skipped').map(({ index, reason }) => [index, reason]),
      [
        [0, "refused by RipTide's rule: contains `10.`"],
        [2, "refused by RipTide's rule: contains `.js`"],
        [3, 'only http and https can be crawled, not mailto'],
      ],
    );
    const [summary] = eventsOf(events, 'summary');
    assert.deepEqual([summary?.successful, summary?.failed, summary?.skipped], [1, 0, 3]);
  });

  it('by RipTide is sent to a server that announces extensions', async () => {
    const server = await bench.serve({ onOpen: (peer) => peer.greet(['concurrent-requests']) });
    await collect(bench.client(server.address).crawl(['https://site.example/v10.2']));
    assert.deepEqual(asked(server), [['https://site.example/v10.2']]);
  });

  it('by the server itself is found among a hundred, in few requests on one connection', async () => {
    const server = await bench.serve();
    const urls = pages(100).map((url, at) => (at === 41 || at === 97 ? `${url}?refuse=1` : url));
    const events = await collect(bench.client(server.address).crawl(urls));
    assert.deepEqual(
      eventsOf(events, 'skipped').map(({ index }) => index),
      [41, 97],
    );
    assert.match(eventsOf(events, 'skipped')[0]!.reason, /refused by the server: Invalid URL: .*page41/);
    assert.equal(resultsOf(events).length, 98);
    assert.equal(server.peers.length, 1);
    assert.ok(asked(server).length <= 29, `${asked(server).length} requests`);
  });

  it('is skipped alone also when all are', async () => {
    const server = await bench.serve();
    const urls = pages(3).map((url) => `${url}?refuse=1`);
    const crawl = bench.client(server.address).crawl(urls);
    assert.deepEqual(typesOf(await collect(crawl)), ['welcome', 'skipped', 'skipped', 'skipped', 'summary']);
    assert.equal(asked(server).length, 5);
  });

  it('whose request no server of this kind answers ends the crawl at once', async () => {
    const server = await bench.serve({
      onRequest: (peer) => peer.send('error', { error_type: 'feature_disabled', message: 'no fetch' }),
    });
    const error = await failureOf(collect(bench.client(server.address).crawl(four)), 'crawl-refused');
    assert.equal(error.serverErrorType, 'feature_disabled');
    assert.equal(server.peers.length, 1);
  });
});

describe('a result above the message limit', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('costs only itself', async () => {
    const server = await bench.serve();
    const urls = pages(40).map((url, at) => (at === 7 || at === 30 ? `${url}?size=9000` : url));
    const client = bench.client(server.address, { maxMessageBytes: 5000 });
    const events = await collect(client.crawl(urls));
    const undeliverable = eventsOf(events, 'undeliverable');
    assert.deepEqual(undeliverable.map(({ index }) => index).sort(), [30, 7]);
    assert.match(undeliverable[0]!.message, /limit of 5000 bytes/);
    assert.equal(undeliverable[0]!.reason, 'too-large');
    assert.equal(resultsOf(events).length, 38);
    assert.ok(server.peers.length <= 14, `${server.peers.length} connections`);
    const [summary] = eventsOf(events, 'summary');
    assert.deepEqual([summary?.successful, summary?.failed], [38, 2]);
  });

  it('is known by a Close with 1009 as well', async () => {
    const server = await bench.serve({
      onRequest: (peer, request) =>
        request.request_type === 'crawl' && request.data.urls.some((url) => url.includes('page3'))
          ? peer.sendBytes(closeFrame(1009))
          : peer.answer(request),
    });
    const events = await collect(bench.client(server.address).crawl(four));
    assert.deepEqual(
      eventsOf(events, 'undeliverable').map(({ index }) => index),
      [3],
    );
  });

  it('or the mere announcement of one, is not waited for', async () => {
    const server = await bench.serve(
      failingOnce((peer) => peer.sendBytes(frameHead(opcodes.text, Number.MAX_SAFE_INTEGER))),
    );
    assert.equal(resultsOf(await collect(bench.client(server.address).crawl(four))).length, 4);
  });
});
