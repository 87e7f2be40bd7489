import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeCrawlRequest } from '../../src/protocol/decodeClientMessage';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import { ClientBench, collect, failureOf, resultsOf } from '../support/clientBench';

const four = ['a', 'b', 'c', 'd'].map((name) => `https://site.example/${name}`);

interface Asked {
  path: string;
  urls: string[];
  request: IncomingMessage;
  response: ServerResponse;
}

type Answer = (asked: Asked, count: number) => void;

function page(url: string): object {
  return {
    url,
    status: 200,
    from_cache: false,
    gate_decision: 'raw',
    quality_score: 0.5,
    processing_time_ms: 3,
    document: null,
    error: null,
    cache_key: '',
  };
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const metadata = (total: number): string =>
  line({ total_urls: total, request_id: 'r', timestamp: 't', stream_type: 'crawl' });
const result = (index: number, url: string): string =>
  line({ index, result: page(url), progress: { completed: 1, total: 1, success_rate: 1 } });
const summary = (total: number): string =>
  line({ total_urls: total, successful: total, failed: 0, from_cache: 0, total_processing_time_ms: 5 });

function streamLines({ urls, response }: Asked): void {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.end(
    metadata(urls.length) + urls.map((url, at) => result(at, url)).join('') + summary(urls.length),
  );
}

function answerPlain({ urls, response }: Asked): void {
  const body = { total_urls: urls.length, successful: urls.length, failed: 0, results: urls.map(page) };
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ ...body, statistics: { total_processing_time_ms: 5 } }));
}

describe('an HTTP server that', () => {
  const bench = new ClientBench();
  let server: Server | undefined;
  let asked: Asked[] = [];

  /** Only POST is answered by `answer`; an upgrade and everything else gets 404. */
  async function serve(answer: Answer): Promise<string> {
    asked = [];
    const started = createServer((request, response) => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { urls } = decodeCrawlRequest(Buffer.concat(chunks).toString());
        const one = { path: request.url ?? '', urls, request, response };
        asked.push(one);
        answer(one, asked.length);
      });
    });
    server = started;
    started.listen(0, '127.0.0.1');
    await once(started, 'listening');
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    await bench.end();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
  });

  const askedFor = (): string[][] => asked.map(({ urls }) => urls);
  const skippedOf = (events: readonly CrawlEvent[]): [number, string][] =>
    events.flatMap(({ message_type, data }): [number, string][] =>
      message_type === 'skipped' ? [[data.index, data.reason]] : [],
    );

  it('has NDJSON and no WebSocket is crawled by NDJSON, also the next time', async () => {
    const client = bench.client(await serve(streamLines), { apiKey: 'k' });
    for (const urls of [four, four.slice(0, 2)]) {
      assert.equal(resultsOf(await collect(client.crawl(urls))).length, urls.length);
    }
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/crawl/stream', '/crawl/stream'],
    );
    const { headers } = asked[0]!.request;
    assert.equal(headers['x-api-key'], 'k');
    assert.equal(headers['accept-encoding'], 'identity');
    assert.equal(headers['content-type'], 'application/json');
  });

  it('has the stub of 0.3.0 in place of NDJSON is crawled by plain requests', async () => {
    const address = await serve((one) => {
      if (one.path === '/crawl') answerPlain(one);
      else one.response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
    });
    const client = bench.client(address);
    const events = await collect(client.crawl(four));
    await collect(client.crawl(four));
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/crawl/stream', '/crawl', '/crawl'],
    );
    assert.deepEqual(
      resultsOf(events),
      four.map((url, index) => [index, url]),
    );
  });

  it('has nothing of it is called what its WebSocket is', async () => {
    const address = await serve(({ response }) => response.writeHead(404).end());
    const error = await failureOf(collect(bench.client(address).crawl(four)), 'no-websocket');
    assert.match(error.message, /4 of 4 URLs are outstanding/);
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/crawl/stream', '/crawl'],
    );
  });

  it('refuses a URL with HTTP 500 and a line costs only that URL', async () => {
    const message = 'Invalid URL: private';
    const address = await serve((one) => {
      if (!one.urls.includes(four[2]!)) streamLines(one);
      else {
        one.response.writeHead(500, { 'Content-Type': 'application/x-ndjson' });
        one.response.end(line({ error: { type: 'validation_error', message, retryable: false } }));
      }
    });
    const events = await collect(bench.client(address, { transport: 'ndjson' }).crawl(four));
    assert.deepEqual(
      resultsOf(events)
        .map(([index]) => index)
        .sort(),
      [0, 1, 3],
    );
    assert.deepEqual(skippedOf(events), [[2, `refused by the server: ${message}`]]);
    assert.equal(events.filter((event) => event.message_type === 'reconnecting').length, 0);
  });

  it('has the rules of RipTide is asked little for the URLs that break them', async () => {
    const urls = Array.from({ length: 100 }, (_, at) =>
      at % 40 === 7 ? `http://10.0.0.${at}/` : `https://site.example/${at}`,
    );
    const address = await serve((one) => {
      if (!one.urls.some((url) => url.includes('10.'))) streamLines(one);
      else {
        one.response.writeHead(400, { 'Content-Type': 'application/json' });
        one.response.end(line({ error: { type: 'invalid_url', message: 'private', retryable: false } }));
      }
    });
    const events = await collect(bench.client(address, { transport: 'ndjson' }).crawl(urls));
    assert.deepEqual(
      skippedOf(events)
        .map(([index]) => index)
        .sort((one, other) => one - other),
      [7, 47, 87],
    );
    assert.equal(resultsOf(events).length, 97);
    assert.equal(asked.length, 6);
  });

  it('refuses by an event, with 500 or with 200, costs only that URL', async () => {
    for (const status of [500, 200]) {
      const address = await serve((one) => {
        one.response.writeHead(status, { 'Content-Type': 'text/event-stream' });
        one.response.end(
          'event: error\ndata: {"error":{"type":"validation_error","message":"no","retryable":false}}\n\n',
        );
      });
      const events = await collect(bench.client(address, { transport: 'sse' }).crawl(four.slice(0, 1)));
      assert.deepEqual(skippedOf(events), [[0, 'refused by the server: no']]);
      server?.closeAllConnections();
      server?.close();
    }
  });

  it('cuts its stream is asked only for what is outstanding', async () => {
    const address = await serve((one, count) => {
      if (count > 1) {
        streamLines(one);
        return;
      }
      one.response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      const text = metadata(4) + result(2, four[2]!) + result(0, four[0]!) + '{"index":1,"resu';
      one.response.write(text, () => one.response.destroy());
    });
    const client = bench.client(address, { transport: 'ndjson', random: () => 0 });
    const events = await collect(client.crawl(four));
    assert.deepEqual(askedFor(), [four, [four[1], four[3]]]);
    assert.deepEqual(resultsOf(events), [
      [2, four[2]],
      [0, four[0]],
      [1, four[1]],
      [3, four[3]],
    ]);
    assert.equal(client.metrics.recoveredResults, 2);
  });

  for (const ending of ['', summary(4)]) {
    it(`ends its stream early ${ending ? 'with' : 'without'} a summary is asked for the rest`, async () => {
      const address = await serve((one, count) => {
        if (count > 1) streamLines(one);
        else {
          one.response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
          one.response.end(metadata(4) + result(3, four[3]!) + ending);
        }
      });
      const events = await collect(
        bench.client(address, { transport: 'ndjson', random: () => 0 }).crawl(four),
      );
      assert.deepEqual(askedFor(), [four, four.slice(0, 3)]);
      const reasons = events.flatMap((event) =>
        event.message_type === 'reconnecting' ? [event.data.reason] : [],
      );
      assert.deepEqual(reasons, [ending ? 'results-missing' : 'connection-lost']);
    });
  }

  it('answers 408 without a body is asked again for half as much', async () => {
    const address = await serve((one) => {
      if (one.urls.length > 2) one.response.writeHead(408).end();
      else answerPlain(one);
    });
    const events = await collect(bench.client(address, { transport: 'http', random: () => 0 }).crawl(four));
    assert.deepEqual(askedFor(), [four, four.slice(0, 2), four.slice(2)]);
    assert.equal(resultsOf(events).length, 4);
  });

  const failures: [string, number, Record<string, string>, string, string, RegExp][] = [
    ['flat', 401, {}, '{"error":"Unauthorized","message":"bad key"}', 'unauthorized', /bad key/],
    [
      'limiter',
      429,
      { 'Retry-After': '7' },
      '{"error":"Too Many Requests","message":"slow"}',
      'rate-limited',
      /7 s/,
    ],
    ['text', 422, { 'Content-Type': 'text/plain' }, 'missing field `urls`', 'crawl-refused', /missing field/],
    [
      'envelope',
      500,
      {},
      '{"error":{"type":"pipeline_error","message":"down","retryable":false,"status":500}}',
      'server-error',
      /down/,
    ],
    [
      'extra keys',
      405,
      {},
      '{"error":{"type":"method_not_allowed","message":"x","retryable":false,"status":405,"allowed_methods":["GET"]}}',
      'no-endpoint',
      /HTTP 405/,
    ],
    ['empty', 502, {}, '', 'unavailable', /HTTP 502/],
  ];
  for (const [kind, status, headers, body, reason, said] of failures) {
    it(`answers ${status} with the ${kind} error body gives the reason ${reason}`, async () => {
      const address = await serve(({ response }) => response.writeHead(status, headers).end(body));
      const client = bench.client(address, { transport: 'ndjson', maxRetries: 0 });
      const error = await failureOf(collect(client.crawl(four)), reason as never);
      assert.match(error.message, said);
      assert.equal(asked.length, 1);
    });
  }

  it('sends a broken line is asked again', async () => {
    const address = await serve((one, count) => {
      if (count > 1) streamLines(one);
      else one.response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).end('{"index":0,\n');
    });
    const events = await collect(bench.client(address, { transport: 'ndjson', random: () => 0 }).crawl(four));
    assert.equal(resultsOf(events).length, 4);
  });

  it('ended the idle connection is asked anew without a word', async () => {
    const address = await serve((one, count) => {
      if (count === 1) one.request.socket.once('data', () => one.request.socket.destroy());
      streamLines(one);
    });
    let dialled = 0;
    server?.on('connection', () => (dialled += 1));
    const urls = Array.from({ length: 101 }, (_, at) => `https://site.example/${at}`);
    const client = bench.client(address, { transport: 'ndjson', maxConnectionsPerCrawl: 1 });
    const events = await collect(client.crawl(urls));
    assert.equal(resultsOf(events).length, 101);
    assert.equal(client.metrics.reconnects, 0);
    assert.equal(dialled, 2);
  });
});
