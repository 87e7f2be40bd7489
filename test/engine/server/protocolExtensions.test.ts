import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import FakeTimers from '@sinonjs/fake-timers';
import { decode } from '@msgpack/msgpack';
import { maxCrawlsPerConnection } from '../../../src/protocol/limits';
import type { CrawlRequest, CrawlResult, ServerMessageOf } from '../../../src/protocol/messages';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { HeldSite } from './heldSite';
import { startOwnServer, type OwnServer } from './ownServer';
import { Wire } from './wire';

describe('the extensions of the engine’s protocol', () => {
  let server: OwnServer;
  let site: LocalSite;
  let held: HeldSite;
  const wires: Wire[] = [];

  beforeEach(async () => {
    held = new HeldSite();
    [server, site] = await Promise.all([startOwnServer(), startLocalSite(), held.listen()]);
  });
  afterEach(async () => {
    for (const { socket } of wires.splice(0)) socket.terminate();
    await server.close();
    await Promise.all([site.close(), held.close()]);
    assert.deepEqual(server.logged, []);
  });

  async function connect(): Promise<Wire> {
    const wire = await Wire.open(server.address);
    wires.push(wire);
    return wire;
  }

  function crawl(wire: Wire, requestId: string | undefined, data: CrawlRequest): void {
    wire.send({ request_type: 'crawl', ...(requestId && { request_id: requestId }), data });
  }

  it('are announced in the welcome', async () => {
    const wire = new Wire(server.address);
    wires.push(wire);
    const { data } = await wire.next('welcome');
    for (const extension of ['request-ids', 'crawl-control', 'credit', 'resume-from', 'messagepack']) {
      assert.ok(data.extensions?.includes(extension), extension);
    }
  });

  describe('request ids', () => {
    it('let crawls run at once, and mark each answer', async () => {
      const wire = await connect();
      crawl(wire, 'slow', { urls: [held.url('/slow')] });
      await held.asked('/slow');
      crawl(wire, 'fast', { urls: site.pageUrls(2) });
      const fast = await wire.next('summary');
      assert.equal(fast.request_id, 'fast');
      await held.release('/slow');
      const result = await wire.next('result');
      assert.equal(result.request_id, 'slow');
      assert.equal(result.sequence, undefined);
      assert.equal((await wire.next('summary')).request_id, 'slow');
    });

    it('mark pings, status and refusals as well, those of what is no request too', async () => {
      const wire = await connect();
      wire.send({ request_type: 'ping', data: {}, request_id: 'p' });
      assert.equal((await wire.next('pong')).request_id, 'p');
      wire.send({ request_type: 'status', data: {}, request_id: 's' });
      assert.equal((await wire.next('status')).request_id, 's');
      crawl(wire, 'none', { urls: [] });
      assert.equal((await wire.next('error')).request_id, 'none');
      wire.send({ request_type: 'crawl', data: { urls: 7 }, request_id: 'wrong' });
      assert.equal((await wire.next('error')).request_id, 'wrong');
      wire.send({ request_type: 'ping', data: {}, request_id: 'x'.repeat(129) });
      const { request_id, data } = await wire.next('error');
      assert.equal(request_id, undefined);
      assert.match(data.message, /request_id must have 1 to 128 characters, but has 129/);
    });

    it('leave crawls without one in their order', async () => {
      const wire = await connect();
      crawl(wire, undefined, { urls: [held.url('/first')] });
      crawl(wire, undefined, { urls: site.pageUrls(1) });
      await held.asked('/first');
      crawl(wire, 'beside', { urls: site.pageUrls(1) });
      assert.equal((await wire.next('summary')).request_id, 'beside');
      assert.deepEqual(await wire.soFar(), []);
      await held.release('/first');
      assert.equal((await wire.next('summary')).request_id, undefined);
      assert.equal((await wire.next('summary')).request_id, undefined);
    });

    it('are refused when they are in use, and when a connection has too many', async () => {
      const wire = await connect();
      for (let n = 0; n < maxCrawlsPerConnection; n++) crawl(wire, `${n}`, { urls: [held.url(`/${n}`)] });
      crawl(wire, '7', { urls: site.pageUrls(1) });
      const again = await wire.next('error');
      assert.deepEqual([again.request_id, again.data.error_type], ['7', 'validation_error']);
      crawl(wire, 'over', { urls: site.pageUrls(1) });
      const over = await wire.next('error');
      assert.deepEqual([over.request_id, over.data.error_type], ['over', 'too_many_crawls']);
      wire.send({ request_type: 'cancel', data: { request_id: '7' } });
      await wire.next('summary');
      crawl(wire, '7', { urls: [] });
      assert.match((await wire.next('error')).data.message, /At least one URL/);
    });
  });

  describe('crawl control', () => {
    it('cancels a crawl: its summary comes at once, and nothing after it', async () => {
      const wire = await connect();
      crawl(wire, 'a', {
        urls: [held.url('/done'), held.url('/given-up'), held.url('/never')],
        options: { concurrency: 1 },
      });
      await held.release('/done');
      await wire.next('result');
      await held.asked('/given-up');
      wire.send({ request_type: 'cancel', data: { request_id: 'a' } });
      const { request_id, data } = await wire.next('summary');
      assert.equal(request_id, 'a');
      assert.deepEqual([data.total_urls, data.successful, data.failed], [3, 1, 0]);
      await held.givenUp('/given-up');
      assert.deepEqual(await wire.soFar(), []);
      assert.deepEqual(held.requested, ['/done', '/given-up']);
    });

    it('pauses a crawl: what runs is finished, no other page is fetched until it goes on', async () => {
      const wire = await connect();
      crawl(wire, 'a', { urls: [held.url('/1'), held.url('/2')], options: { concurrency: 1 } });
      await held.asked('/1');
      wire.send({ request_type: 'pause', data: { request_id: 'a' } });
      const paused = await wire.next('paused');
      assert.deepEqual([paused.request_id, paused.data.reason], ['a', 'requested']);
      await held.release('/1');
      await wire.next('result');
      assert.deepEqual(await wire.soFar(), []);
      assert.deepEqual(held.requested, ['/1']);
      wire.send({ request_type: 'unpause', data: { request_id: 'a' } });
      await held.release('/2');
      assert.equal((await wire.next('summary')).data.successful, 2);
    });

    it('does not pause a crawl of which nothing is left to be begun, however many pages fail', async () => {
      const wire = await connect();
      const failing = Array.from({ length: 20 }, (_, n) => `${site.origin}/nowhere/${n}`);
      crawl(wire, 'a', { urls: [held.url('/last'), ...failing], options: { concurrency: 2 } });
      await wire.next('metadata');
      for (let done = 0; done < 20; done += 1) await wire.next('result');
      assert.deepEqual(await wire.soFar(), []);
      await held.release('/last');
      await wire.next('summary');
    });

    it('does not know a crawl that is over, or of another connection', async () => {
      const [wire, other] = await Promise.all([connect(), connect()]);
      crawl(wire, 'a', { urls: [held.url('/a')] });
      await held.asked('/a');
      for (const type of ['cancel', 'pause', 'unpause']) {
        other.send({ request_type: type, data: { request_id: 'a' } });
        const { request_id, data } = await other.next('error');
        assert.deepEqual([request_id, data.error_type], ['a', 'unknown_crawl'], type);
      }
      await held.release('/a');
      await wire.next('summary');
      wire.send({ request_type: 'cancel', data: { request_id: 'a' } });
      assert.equal((await wire.next('error')).data.error_type, 'unknown_crawl');
    });
  });

  describe('credit', () => {
    it('is what results come by, numbered, and pages are fetched for', async () => {
      const wire = await connect();
      const urls = site.pageUrls(20);
      crawl(wire, 'a', { urls, credit: 2, options: { concurrency: 1 } });
      const sequences = async (count: number): Promise<(number | undefined)[]> => {
        const results = [];
        while (results.length < count) results.push(await wire.next('result'));
        return results.map(({ sequence }) => sequence);
      };
      assert.deepEqual(await sequences(2), [1, 2]);
      assert.deepEqual(await wire.soFar(), []);
      wire.send({ request_type: 'credit', data: { request_id: 'a', received: 1, credit: 3 } });
      assert.deepEqual(await sequences(2), [3, 4]);
      assert.deepEqual(await wire.soFar(), []);
      // Four were sent; two more wait for a reader, and no other is fetched.
      assert.ok(site.requested.length <= 6, String(site.requested));
      wire.send({ request_type: 'credit', data: { request_id: 'a', received: 4, credit: 100 } });
      assert.deepEqual(
        await sequences(16),
        Array.from({ length: 16 }, (_, at) => at + 5),
      );
      assert.equal((await wire.next('summary')).data.successful, 20);
      assert.equal(site.requested.length, 20);
    });

    it('is bounded by the bytes that are not acknowledged', async () => {
      const large = await serveLargePages();
      const wire = await connect();
      const urls = Array.from({ length: 12 }, (_, n) => `${large.origin}/${n}`);
      crawl(wire, 'a', { urls, credit: 12, options: { skip_extraction: true, concurrency: 2 } });
      for (let n = 1; n <= 3; n++) assert.equal((await wire.next('result')).sequence, n);
      assert.deepEqual(await wire.soFar(), []);
      assert.ok(large.requests() <= 3 + 4, String(large.requests()));
      for (let received = 3; received < 12; received += 3) {
        wire.send({ request_type: 'credit', data: { request_id: 'a', received, credit: 12 } });
        for (let n = 1; n <= 3; n++) assert.equal((await wire.next('result')).sequence, received + n);
      }
      assert.equal((await wire.next('summary')).data.successful, 12);
      large.server.close();
    });

    it('is refused where it makes no sense', async () => {
      const wire = await connect();
      crawl(wire, undefined, { urls: site.pageUrls(1), credit: 5 });
      assert.match((await wire.next('error')).data.message, /credit needs a request id/);
      crawl(wire, 'a', { urls: [held.url('/a')], credit: 5 });
      await held.asked('/a');
      wire.send({ request_type: 'credit', data: { request_id: 'a', received: 1, credit: 5 } });
      const { request_id, data } = await wire.next('error');
      assert.deepEqual([request_id, data.error_type], ['a', 'validation_error']);
      await held.release('/a');
      await wire.next('summary');
    });
  });

  describe('resume_from', () => {
    const indexOf = ({ data }: ServerMessageOf<'result'>): number => data.index;

    async function resultsUntilSummary(wire: Wire): Promise<ServerMessageOf<'result'>[]> {
      const results: ServerMessageOf<'result'>[] = [];
      for (;;) {
        const message = await wire.any();
        if (message.message_type === 'result') results.push(message);
        else if (message.message_type === 'summary') return results;
      }
    }

    it('sends again what was not received, goes on, and fetches no page twice', async () => {
      const first = await connect();
      const urls = [...site.pageUrls(3), held.url('/last')];
      crawl(first, 'a', { urls, credit: 10, options: { concurrency: 4 } });
      const seen = [];
      for (let n = 0; n < 3; n++) seen.push(indexOf(await first.next('result')));
      await first.end();
      const second = await connect();
      second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 1, credit: 10 } });
      const metadata = await second.next('metadata');
      assert.deepEqual([metadata.request_id, metadata.data.total_urls], ['a', 4]);
      await held.release('/last');
      const again = await resultsUntilSummary(second);
      assert.deepEqual(
        again.map(({ sequence }) => sequence),
        [2, 3, 4],
      );
      assert.deepEqual(again.map(indexOf), [...seen.slice(1), 3]);
      assert.deepEqual([site.requested.length, held.requested.length], [3, 1]);
    });

    it('tells the end of a crawl that was over before', async () => {
      const first = await connect();
      crawl(first, 'a', { urls: site.pageUrls(2), credit: 10 });
      await first.next('summary');
      await first.end();
      const second = await connect();
      second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 2, credit: 10 } });
      assert.deepEqual(await resultsUntilSummary(second), []);
      second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 2, credit: 10 } });
      assert.equal((await second.next('error')).data.error_type, 'unknown_crawl');
    });

    it('takes a crawl over from a connection that only seems to live, and stays within the credit', async () => {
      const [first, second] = await Promise.all([connect(), connect()]);
      crawl(first, 'a', { urls: site.pageUrls(5), credit: 3 });
      for (let n = 0; n < 3; n++) await first.next('result');
      second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 0, credit: 2 } });
      await second.next('metadata');
      assert.deepEqual(
        (await second.soFar()).map(({ sequence }) => sequence),
        [1, 2],
      );
      second.send({ request_type: 'credit', data: { request_id: 'a', received: 2, credit: 10 } });
      assert.equal((await resultsUntilSummary(second)).length, 3);
      assert.deepEqual(await first.soFar(), []);
    });

    it('tells that a crawl is paused', async () => {
      const first = await connect();
      crawl(first, 'a', { urls: [held.url('/a')], credit: 3 });
      await held.asked('/a');
      first.send({ request_type: 'pause', data: { request_id: 'a' } });
      await first.next('paused');
      await first.end();
      const second = await connect();
      second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 0, credit: 2 } });
      assert.equal((await second.next('paused')).data.reason, 'requested');
    });

    it('knows no crawl that never was, was cancelled, or was asked for without credit', async () => {
      const first = await connect();
      crawl(first, 'plain', { urls: [held.url('/plain')] });
      crawl(first, 'cancelled', { urls: [held.url('/cancelled')], credit: 1 });
      await held.asked('/cancelled');
      first.send({ request_type: 'cancel', data: { request_id: 'cancelled' } });
      await first.next('summary');
      await first.end();
      await held.givenUp('/plain');
      const second = await connect();
      for (const request_id of ['plain', 'cancelled', 'never']) {
        second.send({ request_type: 'resume_from', data: { request_id, received: 0, credit: 1 } });
        const error = await second.next('error');
        assert.deepEqual([error.request_id, error.data.error_type], [request_id, 'unknown_crawl']);
      }
    });

    it('waits a minute, after which the crawl is given up', async () => {
      const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const first = await connect();
        crawl(first, 'a', { urls: [held.url('/a')], credit: 1 });
        await held.asked('/a');
        first.socket.terminate();
        const second = await connect();
        while (!(await metrics()).includes('riptide_connections 2\n')) await second.soFar();
        clock.tick(59_999);
        await second.soFar();
        clock.tick(1);
        await held.givenUp('/a');
        second.send({ request_type: 'resume_from', data: { request_id: 'a', received: 0, credit: 1 } });
        assert.equal((await second.next('error')).data.error_type, 'unknown_crawl');
      } finally {
        clock.uninstall();
      }
    });
  });

  it('sends results as MessagePack to who asks for it, and all else as text', async () => {
    const wire = await connect();
    const urls = site.pageUrls(1);
    crawl(wire, 'text', { urls });
    const text = await wire.next('result');
    await wire.next('summary');
    crawl(wire, 'packed', { urls, encoding: 'messagepack', credit: 1 });
    await wire.next('summary');
    const [frame, ...others] = wire.binary;
    assert.deepEqual(others, []);
    const packed = decode(frame!) as ServerMessageOf<'result'>;
    assert.deepEqual([packed.request_id, packed.sequence, packed.message_type], ['packed', 1, 'result']);
    const withoutTimes = ({ document, ...result }: CrawlResult): object => ({
      ...result,
      processing_time_ms: 0,
      document: { ...document, parser_metadata: null },
    });
    assert.deepEqual(withoutTimes(packed.data.result), withoutTimes(text.data.result));
  });

  async function metrics(): Promise<string> {
    return (await fetch(`${server.address}/metrics`, { headers: { Connection: 'close' } })).text();
  }
});

interface LargePages {
  server: Server;
  origin: string;
  requests(): number;
}

/** Pages of 1.5 MB. */
async function serveLargePages(): Promise<LargePages> {
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') {
      response.writeHead(404).end();
      return;
    }
    requests += 1;
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<p>${'tide '.repeat(300_000)}</p>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, origin, requests: () => requests };
}
