import assert from 'node:assert/strict';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import { opcodes } from '../support/webSocketFrames';
import { ClientBench, collect, failureOf, resultsOf, typesOf } from '../support/clientBench';

const a = 'https://site.example/a?d=120';
const b = 'https://site.example/b?d=20&size=4000';
const c = 'https://site.example/c?d=60&fail=1';

describe('a crawl', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('yields welcome, metadata, the results as they complete, and the summary', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    const messages = await collect(client.crawl([a, b, c, b]));
    assert.deepEqual(typesOf(messages), [
      'welcome',
      'metadata',
      'result',
      'result',
      'result',
      'result',
      'summary',
    ]);
    assert.deepEqual(resultsOf(messages), [
      [1, b],
      [3, b],
      [2, c],
      [0, a],
    ]);
    const [, metadata, , , , last, summary] = messages;
    assert.ok(metadata?.message_type === 'metadata');
    assert.equal(metadata.data.total_urls, 4);
    assert.ok(last?.message_type === 'result');
    assert.deepEqual(last.data.progress, { completed: 4, total: 4, success_rate: 0.75 });
    assert.ok(summary?.message_type === 'summary');
    assert.deepEqual(summary.data, {
      total_urls: 4,
      successful: 3,
      failed: 1,
      skipped: 0,
      total_processing_time_ms: summary.data.total_processing_time_ms,
    });
  });

  it('sends URLs as they are, with the options given', async () => {
    const server = await bench.serve();
    const odd = 'https://site.example/ä ö?q=%20#x';
    await collect(bench.client(server.address).crawl([odd], { cache_mode: 'bypass', render_mode: 'Static' }));
    assert.equal(
      server.peers[0]?.frames.find((frame) => frame.opcode === opcodes.text)?.payload.toString(),
      '{"request_type":"crawl","data":{"urls":["https://site.example/ä ö?q=%20#x"],"options":{"cache_mode":"bypass","render_mode":"Static"}}}',
    );
  });

  it('opens no connection before it is read, one for itself then, and closes it at the end', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    await client.ping();
    const crawl = client.crawl([a]);
    assert.equal(server.peers.length, 1);
    await collect(crawl);
    await collect(client.crawl([b]));
    assert.equal(server.peers.length, 3);
    await server.until(() => server.openPeers.length === 1);
    const closes = server.peers.map(
      (peer) => peer.frames.filter((frame) => frame.opcode === opcodes.close).length,
    );
    assert.deepEqual(closes, [0, 1, 1]);
    assert.equal(client.connection.kind, 'open');
  });

  it('is one crawl for its caller, however many requests it takes', async () => {
    const server = await bench.serve();
    const urls = Array.from(
      { length: 250 },
      (_, at) => `https://site.example/${at}${at % 50 ? '' : '?fail=1'}`,
    );
    const messages = await collect(bench.client(server.address).crawl(urls));
    const requests = server.peers.flatMap((peer) => peer.requests);
    assert.deepEqual(
      requests
        .map((request) => (request.request_type === 'crawl' ? request.data.urls.length : 0))
        .sort((one, other) => one - other),
      [50, 100, 100],
    );
    assert.equal(server.peers.length, 2);
    assert.deepEqual(typesOf(messages), ['welcome', 'metadata', ...urls.map(() => 'result'), 'summary']);
    assert.deepEqual(
      resultsOf(messages).sort(([one], [other]) => one - other),
      urls.map((url, index) => [index, url]),
    );
    const last = messages.at(-2);
    assert.ok(last?.message_type === 'result');
    assert.deepEqual(last.data.progress, { completed: 250, total: 250, success_rate: 0.98 });
    const summary = messages.at(-1);
    assert.ok(summary?.message_type === 'summary');
    assert.deepEqual(summary.data, {
      total_urls: 250,
      successful: 245,
      failed: 5,
      skipped: 0,
      total_processing_time_ms: summary.data.total_processing_time_ms,
    });
  });

  it('of no URLs is refused before anything is sent', async () => {
    const server = await bench.serve();
    const error = await failureOf(collect(bench.client(server.address).crawl([])), 'crawl-refused');
    assert.match(error.message, /at least one URL/);
    assert.equal(server.peers.length, 0);
  });

  it('skips a result that comes twice, and messages that are no answer to it', async () => {
    const server = await bench.serve({
      onRequest: (peer, request) => {
        peer.greet();
        peer.sendStatus();
        peer.sendMetadata(2);
        peer.sendResult(0, a, 1, 2);
        peer.sendResult(0, a, 2, 2);
        return peer.answer(request);
      },
    });
    const messages = await collect(bench.client(server.address).crawl([a]));
    assert.deepEqual(typesOf(messages), ['welcome', 'metadata', 'result', 'summary']);
  });

  it('that loses its connection yields what came, then says how much that was', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(3);
        peer.sendResult(2, c, 1, 3);
        peer.sendResult(0, a, 2, 3);
        peer.drop();
      },
    });
    const read: CrawlEvent[] = [];
    const crawl = bench.client(server.address, { maxRetries: 0 }).crawl([a, b, c]);
    const reading = async (): Promise<void> => {
      for await (const message of crawl) read.push(message);
    };
    const error = await failureOf(reading(), 'connection-lost');
    assert.deepEqual(resultsOf(read), [
      [2, c],
      [0, a],
    ]);
    assert.match(error.message, /1 of 3 URLs are outstanding/);
    assert.deepEqual(crawl.counts, { asked: 3, succeeded: 1, failed: 1, skipped: 0, outstanding: 1 });
    assert.deepEqual(crawl.outstandingIndexes(), [1]);
  });

  it('is read from the socket whether or not its loop keeps up, as far as the mark', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    const urls = Array.from({ length: 100 }, (_, at) => `https://site.example/${at}?size=50000`);
    const crawl = client.crawl(urls);
    await crawl.next();
    // The Close frame shows that the client has received everything, though it was asked for one message.
    await server.until(() => server.peers[0]?.isGone === true);
    assert.ok(client.metrics.messages >= 102, String(client.metrics.messages));
    assert.equal(resultsOf(await collect(crawl)).length, 100);
  });

  it('shows each message to onEvent on receipt, and survives what that throws', async () => {
    const server = await bench.serve();
    const errors: string[] = [];
    const quiet = (): void => undefined;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: (text: string) => errors.push(text) };
    const seen: string[] = [];
    const crawl = bench.client(server.address, { logger }).crawl([a], null, {
      onEvent: (message) => {
        seen.push(message.message_type);
        if (message.message_type === 'metadata') throw new Error('a bug of the caller');
      },
    });
    await crawl.next();
    await server.until(() => server.peers[0]?.isGone === true);
    assert.deepEqual(seen, ['welcome', 'metadata', 'result', 'summary']);
    assert.equal((await collect(crawl)).length, 3);
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /a bug of the caller/);
  });

  it('is done after its end, and again', async () => {
    const server = await bench.serve();
    const crawl = bench.client(server.address).crawl([a]);
    await collect(crawl);
    assert.deepEqual(await crawl.next(), { done: true, value: undefined });
  });
});

describe('ending a crawl early', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  /** A server that sends metadata and one result, and no more. */
  const serveHalf = () =>
    bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(2);
        peer.sendResult(1, b, 1, 2);
        return new Promise(() => undefined);
      },
    });

  it('by leaving the loop closes the connection at once', async () => {
    const server = await serveHalf();
    const crawl = bench.client(server.address).crawl([a, b]);
    for await (const message of crawl) if (message.message_type === 'result') break;
    await server.until(() => server.openPeers.length === 0);
    // A Close frame would stand unread on a 1.0 server until its crawl is over.
    assert.equal(
      server.peers[0]?.frames.some((frame) => frame.opcode === opcodes.close),
      false,
    );
    assert.deepEqual(await crawl.next(), { done: true, value: undefined });
  });

  it('before it began opens nothing', async () => {
    const server = await bench.serve();
    const crawl = bench.client(server.address).crawl([a]);
    await crawl.return?.();
    assert.deepEqual(await collect(crawl), []);
    assert.equal(server.peers.length, 0);
  });

  it('by its signal closes the connection and fails the read that waits', async () => {
    const server = await serveHalf();
    const controller = new AbortController();
    const reading = collect(bench.client(server.address).crawl([a, b], null, { signal: controller.signal }));
    const failure = failureOf(reading, 'cancelled');
    await server.until(() => server.peers[0]?.requests.length === 1);
    controller.abort(new Error('enough'));
    const error = await failure;
    assert.equal((error.cause as Error).message, 'enough');
    await server.until(() => server.openPeers.length === 0);
  });

  it('by its signal throws at once, whatever is still unread', async () => {
    const server = await bench.serve();
    const controller = new AbortController();
    const crawl = bench.client(server.address).crawl([a, b], null, { signal: controller.signal });
    await crawl.next();
    await server.until(() => server.peers[0]?.isGone === true);
    controller.abort();
    await failureOf(crawl.next(), 'cancelled');
    assert.deepEqual(await crawl.next(), { done: true, value: undefined });
  });

  it('by a signal aborted before opens nothing', async () => {
    const server = await bench.serve();
    const crawl = bench.client(server.address).crawl([a], null, { signal: AbortSignal.abort() });
    await failureOf(collect(crawl), 'cancelled');
    assert.equal(server.peers.length, 0);
  });

  it('from within onEvent stops there', async () => {
    const server = await bench.serve();
    const controller = new AbortController();
    const seen: string[] = [];
    const crawl = bench.client(server.address).crawl([a, b], null, {
      signal: controller.signal,
      onEvent: (message) => {
        seen.push(message.message_type);
        if (message.message_type === 'result') controller.abort();
      },
    });
    await failureOf(collect(crawl), 'cancelled');
    assert.deepEqual(seen, ['welcome', 'metadata', 'result']);
  });

  it('leaves no listener on the signal', async () => {
    const server = await bench.serve();
    const controller = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = controller.signal;
    controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(controller.signal, args);
    };
    controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(controller.signal, args);
    };
    await collect(bench.client(server.address).crawl([a], null, { signal: controller.signal }));
    assert.equal(listeners, 0);
  });
});

describe('silence during a crawl', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('after the request is a response-timeout, though Pings still come', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onRequest: () => undefined });
    const client = bench.client(server.address, { maxRetries: 0 });
    const failure = failureOf(collect(client.crawl([a])), 'response-timeout');
    await server.until(() => server.peers[0]?.requests.length === 1);
    clock.tick(9_999);
    server.peers[0]!.sendFrame(opcodes.ping, Buffer.from('still here'));
    await server.until(() => server.peers[0]?.frames.at(-1)?.payload.toString() === 'still here');
    clock.tick(1);
    assert.match((await failure).message, /did not answer the crawl request within 10000 ms/);
  });

  it('of a connection that drops everything after the first batch is a response-timeout', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({
      onRequest: (peer, request) => (peer.requests.length === 1 ? peer.answer(request) : undefined),
    });
    const urls = Array.from({ length: 150 }, (_, at) => `https://site.example/${at}`);
    const client = bench.client(server.address, { maxRetries: 0, maxConnectionsPerCrawl: 1 });
    const failure = failureOf(collect(client.crawl(urls)), 'response-timeout');
    await server.until(() => server.peers[0]?.requests.length === 2);
    clock.tick(10_000);
    assert.match((await failure).message, /50 of 150 URLs are outstanding/);
  });

  it('in the middle ends it only after the idle timeout, which a Ping frame starts anew', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onRequest: (peer) => peer.sendMetadata(2) });
    const crawl = bench.client(server.address, { maxRetries: 0 }).crawl([a, b]);
    await crawl.next();
    await crawl.next();
    clock.tick(149_999);
    const [peer] = server.peers;
    peer!.sendFrame(opcodes.ping, Buffer.from('still here'));
    await server.until(() => peer!.frames.at(-1)?.payload.toString() === 'still here');
    clock.tick(149_999);
    peer!.sendResult(0, a, 1, 2);
    assert.equal((await crawl.next()).value?.message_type, 'result');
    clock.tick(150_000);
    const error = await failureOf(crawl.next(), 'response-timeout');
    assert.match(error.message, /sent nothing for 150000 ms in the middle of a crawl.*1 of 2 URLs/);
    await server.until(() => server.openPeers.length === 0);
  });
});
