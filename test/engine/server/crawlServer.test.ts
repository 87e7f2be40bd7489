import assert from 'node:assert/strict';
import { once } from 'node:events';
import { decodeServerMessage } from '../../../src/protocol/decodeServerMessage';
import type { ServerMessage } from '../../../src/protocol/messages';
import { startEngine, type BuiltEngine } from '../../support/builtEngine';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { Wire } from './wire';

describe('the engine’s server', () => {
  let engine: BuiltEngine;
  let site: LocalSite;
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(() => Promise.all([engine.stop(), site.close()]));

  const connect = (): Promise<Wire> => Wire.open(engine.address);

  it('welcomes, and sends a Ping frame after it', async () => {
    const wire = new Wire(engine.address);
    const pinged = once(wire.socket, 'ping');
    const welcome = await wire.next('welcome');
    assert.match(welcome.data.session_id, /^[0-9a-f-]{36}$/);
    assert.equal(welcome.data.protocol_version, '1.0');
    assert.deepEqual(welcome.data.supported_operations, ['crawl', 'ping', 'status']);
    await pinged;
    wire.socket.terminate();
  });

  it('answers a crawl by metadata, a result for each URL, and a summary', async () => {
    const wire = await connect();
    const urls = [...site.pageUrls(3), site.missingUrl, site.pageUrls(1)[0]!];
    wire.send({ request_type: 'crawl', data: { urls } });
    await wire.next('summary').then((summary) => {
      const { total_urls, successful, failed } = summary.data;
      assert.deepEqual({ total_urls, successful, failed }, { total_urls: 5, successful: 4, failed: 1 });
    });
    wire.socket.terminate();
  });

  it('gives each result its index, a document or a real cause, and its progress', async () => {
    const wire = await connect();
    const received: ServerMessage[] = [];
    wire.socket.on('message', (data: Buffer) => received.push(decodeServerMessage(data.toString())));
    const urls = [...site.pageUrls(2), site.missingUrl];
    wire.send({ request_type: 'crawl', data: { urls, options: { concurrency: 2 } } });
    await wire.next('summary');
    assert.equal(received[0]?.message_type, 'metadata');
    const results = received.flatMap((message) => (message.message_type === 'result' ? [message.data] : []));
    assert.deepEqual(
      results.map(({ progress }) => progress.completed),
      [1, 2, 3],
    );
    const byIndex = results.toSorted((a, b) => a.index - b.index).map(({ result }) => result);
    assert.deepEqual(
      byIndex.map(({ url }) => url),
      urls,
    );
    const [first, , missing] = byIndex;
    assert.ok(first?.document);
    const { title, markdown, text } = first.document;
    assert.equal(title, 'Guide 1 to the tides');
    assert.match(markdown ?? '', /```js\nconst ebb = flood \+ 1;\n```/);
    assert.match(markdown ?? '', new RegExp(`\\(${site.origin}/guide/2\\)`));
    assert.doesNotMatch(text, /Tide tables since 1900/);
    assert.ok(missing?.error);
    assert.equal(missing.document, null);
    assert.equal(missing.status, 404);
    assert.equal(missing.error.error_type, 'http-404');
    assert.equal(missing.error.retryable, false);
    wire.socket.terminate();
  });

  it('answers pings while a crawl runs, and cancels the crawl with its connection', async () => {
    const wire = await connect();
    wire.send({ request_type: 'crawl', data: { urls: [site.silentUrl] } });
    await wire.next('metadata');
    wire.send({ request_type: 'ping', data: {} });
    await wire.next('pong');
    wire.send({ request_type: 'status', data: {} });
    const status = await wire.next('status');
    assert.equal(status.data.message_count, 3);
    wire.socket.close();
    await once(wire.socket, 'close');
  });

  it('runs the crawls of one connection one after the other', async () => {
    const wire = await connect();
    const types: string[] = [];
    wire.socket.on('message', (data: Buffer) =>
      types.push(decodeServerMessage(data.toString()).message_type),
    );
    wire.send({ request_type: 'crawl', data: { urls: site.pageUrls(2) } });
    wire.send({ request_type: 'crawl', data: { urls: site.pageUrls(1) } });
    await wire.next('summary');
    await wire.next('summary');
    assert.deepEqual(types, ['metadata', 'result', 'result', 'summary', 'metadata', 'result', 'summary']);
    wire.socket.terminate();
  });

  for (const [what, request, type, message] of [
    [
      'an empty list',
      { request_type: 'crawl', data: { urls: [] } },
      'validation_error',
      /^Validation error: At least one URL is required$/,
    ],
    [
      '101 URLs',
      {
        request_type: 'crawl',
        data: { urls: Array.from({ length: 101 }, (_, i) => `https://x.example/${i}`) },
      },
      'validation_error',
      /^Validation error: Too many URLs: 101 \(maximum: 100\)$/,
    ],
    [
      'what is no URL',
      { request_type: 'crawl', data: { urls: ['not a url'] } },
      'validation_error',
      /^Invalid URL: not a url - URL 1 validation failed: /,
    ],
    [
      'an unknown request',
      { request_type: 'dance', data: {} },
      'unknown_request',
      /^Unknown request type: dance$/,
    ],
    ['what is not JSON', 'hello', 'validation_error', /not JSON/],
    ['a missing data', { request_type: 'ping' }, 'validation_error', /data must be there/],
    [
      'an option of the wrong type',
      { request_type: 'crawl', data: { urls: ['https://x.example'], options: { concurrency: '5' } } },
      'validation_error',
      /data\.options\.concurrency must be a whole number/,
    ],
  ] as const) {
    it(`answers ${what} with an error and stays usable`, async () => {
      const wire = await connect();
      wire.send(request);
      const error = await wire.next('error');
      assert.equal(error.data.error_type, type);
      assert.match(error.data.message, message);
      wire.send({ request_type: 'ping', data: {} });
      await wire.next('pong');
      wire.socket.terminate();
    });
  }

  it('serves its health without a key, and 426 where it speaks WebSocket', async () => {
    const health = await fetch(`${engine.address}/healthz`);
    assert.equal(health.status, 200);
    assert.equal(((await health.json()) as { status: string }).status, 'healthy');
    assert.equal((await fetch(`${engine.address}/crawl/ws`)).status, 426);
    assert.equal((await fetch(`${engine.address}/elsewhere`)).status, 404);
  });

  it('refuses the WebSocket to a page of another origin', async () => {
    const wire = new Wire(engine.address, { headers: { Origin: 'https://evil.example' } });
    const [error] = (await once(wire.socket, 'error')) as [Error];
    assert.match(error.message, /403/);
  });
});
