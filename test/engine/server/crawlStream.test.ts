import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startEngine, type BuiltEngine } from '../../support/builtEngine';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { HeldSite } from './heldSite';
import { openPost, partsOf, post } from './post';

type Json = Record<string, unknown>;

interface Event {
  event: string;
  id?: string;
  retry?: string;
  data: Json;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00$/;

const resultKeys = [
  'cache_key',
  'document',
  'error',
  'from_cache',
  'gate_decision',
  'processing_time_ms',
  'quality_score',
  'status',
  'url',
];

describe('the engine’s HTTP streams', () => {
  let engine: BuiltEngine;
  let site: LocalSite;
  let held: HeldSite;
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(() => Promise.all([engine.stop(), site.close()]));
  beforeEach(async () => {
    held = new HeldSite();
    await held.listen();
  });
  afterEach(() => held.close());

  async function linesOf(urls: string[]): Promise<Json[]> {
    const { text } = await post(`${engine.address}/crawl/stream`, { urls });
    assert.ok(text.endsWith('\n'));
    return text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
  }

  async function eventsOf(urls: string[]): Promise<Event[]> {
    const { text } = await post(`${engine.address}/crawl/sse`, { urls });
    assert.ok(text.endsWith('\n\n'));
    return text.slice(0, -2).split('\n\n').map(readEvent);
  }

  describe('NDJSON', () => {
    it('has RipTide’s headers, and one id in its head and its first line', async () => {
      const { status, headers, text } = await post(
        `${engine.address}/crawl/stream`,
        { urls: site.pageUrls(1) },
        { 'Content-Type': 'application/json; charset=utf-8', 'Accept-Encoding': 'gzip, br' },
      );
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/x-ndjson');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.equal(headers['content-encoding'], undefined);
      assert.equal(headers['access-control-allow-origin'], undefined);
      assert.match(String(headers['x-request-id']), uuid);
      const metadata = JSON.parse(text.split('\n', 1)[0]!) as Json;
      assert.equal(metadata.request_id, headers['x-request-id']);
      assert.match(String(metadata.timestamp), rfc3339);
      assert.deepEqual(
        { ...metadata, request_id: '', timestamp: '' },
        { total_urls: 1, request_id: '', timestamp: '', stream_type: 'crawl' },
      );
    });

    it('sends each result with its index and progress, then the summary', async () => {
      const urls = [...site.pageUrls(2), site.missingUrl, site.pageUrls(1)[0]!];
      const lines = await linesOf(urls);
      const results = lines.slice(1, -1);
      assert.equal(results.length, 4);
      let successes = 0;
      for (const [at, line] of results.entries()) {
        assert.deepEqual(Object.keys(line).sort(), ['index', 'progress', 'result']);
        const result = line.result as Json;
        assert.deepEqual(Object.keys(result).sort(), resultKeys);
        assert.equal(result.url, urls[line.index as number]);
        if (result.error === null) successes += 1;
        const expected = { completed: at + 1, total: 4, success_rate: successes / (at + 1) };
        assert.deepEqual(line.progress, expected);
      }
      assert.deepEqual(results.map(({ index }) => index).sort(), [0, 1, 2, 3]);
      const missing = results.find(({ index }) => index === 2)?.result as { status: number; error: Json };
      assert.equal(missing.status, 404);
      assert.equal(missing.error.error_type, 'http-404');
      const summary = lines.at(-1)!;
      assert.ok(Number.isSafeInteger(summary.total_processing_time_ms));
      assert.deepEqual(
        { ...summary, total_processing_time_ms: 0 },
        {
          total_urls: 4,
          successful: 3,
          failed: 1,
          from_cache: 0,
          total_processing_time_ms: 0,
          cache_hit_rate: 0,
        },
      );
    });

    it('tells the operation’s progress after every fifth result of more than ten', async () => {
      const lines = await linesOf(site.pageUrls(11));
      const at = lines.flatMap((line, index) => ('operation_id' in line ? [index] : []));
      // The metadata line, five results, a progress line, five results, a progress line, one result, the summary.
      assert.deepEqual(at, [6, 12]);
      const { started_at, estimated_completion, current_item, ...rest } = lines[6]!;
      assert.match(String(started_at), rfc3339);
      assert.match(String(estimated_completion), rfc3339);
      assert.equal(current_item, (lines[5]!.result as Json).url);
      assert.deepEqual(rest, {
        operation_id: 'crawl_stream',
        operation_type: 'batch_crawl',
        current_phase: 'processing',
        progress_percentage: (5 / 11) * 100,
        items_completed: 5,
        items_total: 11,
      });
      assert.equal((await linesOf(site.pageUrls(10))).length, 12);
    });

    it('sends each line when it is known, whatever is still to come', async () => {
      const urls = ['/a', '/b', '/c'].map((path) => held.url(path));
      const response = await openPost(`${engine.address}/crawl/stream`, { urls });
      const lines = partsOf(response, '\n');
      assert.match((await lines.next()).value as string, /"stream_type":"crawl"/);
      for (const [at, path] of ['/c', '/a', '/b'].entries()) {
        await held.release(path);
        const line = JSON.parse((await lines.next()).value as string) as { index: number; progress: Json };
        assert.equal(line.index, [2, 0, 1][at]);
        assert.equal(line.progress.completed, at + 1);
      }
      assert.match((await lines.next()).value as string, /"successful":3/);
      assert.equal((await lines.next()).done, true);
    });

    it('gives a slow reader everything', async () => {
      const size = 1024 * 1024;
      const paths = Array.from({ length: 30 }, (_, index) => `/large/${index}`);
      const request = {
        urls: paths.map((path) => held.url(path)),
        options: { skip_extraction: true, concurrency: 32 },
      };
      const response = await openPost(`${engine.address}/crawl/stream`, request);
      // Unread, the stream holds far more than sockets buffer long before the last page is there.
      for (const path of paths) await held.release(path, path.padEnd(size, '.'));
      // Once a later crawl is through, nothing but its reader can hold up the first.
      await linesOf(site.pageUrls(3));
      const metrics = await (await fetch(`${engine.address}/metrics`)).text();
      const [, writtenBytes] = /^riptide_sent_bytes_total (\d+)$/m.exec(metrics) ?? [];
      assert.ok(Number(writtenBytes) < (paths.length * size) / 2, `${writtenBytes} bytes piled up`);
      const indexes: unknown[] = [];
      for await (const text of partsOf(response, '\n')) {
        const line = JSON.parse(text) as { index?: number; result?: { document: { html: string } } };
        if (!line.result) continue;
        assert.equal(line.result.document.html, `/large/${line.index}`.padEnd(size, '.'));
        indexes.push(line.index);
      }
      assert.equal(new Set(indexes).size, 30);
      assert.equal(indexes.length, 30);
    });
  });

  it('cancels the crawl of a reader that leaves with most of the stream unread', async () => {
    const paths = Array.from({ length: 20 }, (_, index) => `/large/${index}`);
    const response = await openPost(`${engine.address}/crawl/stream`, {
      urls: [...paths, '/never'].map((path) => held.url(path)),
      options: { skip_extraction: true, concurrency: 32 },
    });
    await held.asked('/never');
    for (const path of paths) await held.release(path, path.padEnd(1024 * 1024, '.'));
    response.destroy();
    await held.givenUp('/never');
    const metrics = await (await fetch(`${engine.address}/metrics`)).text();
    assert.match(metrics, /^riptide_crawls_active\{transport="ndjson"\} 0$/m);
  });

  describe('SSE', () => {
    it('begins with the metadata and its retry field', async () => {
      const { status, headers, text } = await post(`${engine.address}/crawl/sse`, {
        urls: site.pageUrls(1),
      });
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/event-stream');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.equal(headers['content-encoding'], undefined);
      const { data, ...fields } = readEvent(text.split('\n\n', 1)[0]!);
      assert.deepEqual(fields, { event: 'metadata', retry: '5000' });
      assert.match(String(data.request_id), uuid);
      assert.equal(data.request_id, headers['x-request-id']);
      assert.match(String(data.timestamp), rfc3339);
      assert.deepEqual(
        { ...data, request_id: '', timestamp: '' },
        { total_urls: 1, request_id: '', timestamp: '', stream_type: 'crawl', retry_interval_ms: 5000 },
      );
    });

    it('sends progress before each result, both with the index as id, and completes', async () => {
      const urls = [...site.pageUrls(2), site.missingUrl];
      const events = await eventsOf(urls);
      assert.deepEqual(
        events.map(({ event }) => event),
        ['metadata', 'progress', 'result', 'progress', 'result', 'progress', 'result', 'complete'],
      );
      let successes = 0;
      for (const completed of [1, 2, 3]) {
        const progress = events[completed * 2 - 1]!;
        const result = events[completed * 2]!;
        assert.equal(progress.id, result.id);
        assert.equal(result.id, String(result.data.index));
        assert.deepEqual(Object.keys(result.data).sort(), ['index', 'processing_time_ms', 'result']);
        const crawled = result.data.result as Json;
        assert.deepEqual(Object.keys(crawled).sort(), resultKeys);
        assert.equal(crawled.url, urls[result.data.index as number]);
        if (crawled.error === null) successes += 1;
        const success_rate = successes / completed;
        assert.deepEqual(progress.data, { completed, total: 3, success_rate, cache_hit_rate: 0 });
      }
      const { data, ...fields } = events.at(-1)!;
      assert.deepEqual(fields, { event: 'complete', retry: '5000' });
      const { total_processing_time_ms, average_processing_time_ms, ...rest } = data;
      assert.ok(Number.isSafeInteger(total_processing_time_ms));
      assert.ok((average_processing_time_ms as number) >= (total_processing_time_ms as number) / 2);
      assert.deepEqual(rest, { total_urls: 3, successful: 2, failed: 1, from_cache: 0, cache_hit_rate: 0 });
    });

    it('tells its status after every tenth result of more than twenty', async () => {
      const events = await eventsOf(site.pageUrls(21));
      const at = events.flatMap(({ event }, index) => (event === 'status' ? [index] : []));
      assert.deepEqual(at, [21, 42]);
      const { data, ...fields } = events[21]!;
      assert.deepEqual(fields, { event: 'status' });
      const { estimated_completion, throughput_per_minute, ...rest } = data;
      assert.match(String(estimated_completion), rfc3339);
      assert.ok((throughput_per_minute as number) > 0);
      assert.deepEqual(rest, { phase: 'processing', items_processed: 10, items_remaining: 11 });
      const fewer = await eventsOf(site.pageUrls(20));
      assert.ok(!fewer.some(({ event }) => event === 'status'));
    });
  });

  for (const path of ['/crawl/stream', '/crawl/sse', '/crawl']) {
    it(`${path}: cancels the crawl of a client that leaves`, async () => {
      const urls = ['/first', '/second', '/third'].map((page) => held.url(page));
      const body = JSON.stringify({ urls, options: { concurrency: 1 } });
      const leaving = new AbortController();
      const answer = fetch(`${engine.address}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
        signal: leaving.signal,
      }).catch(() => undefined);
      await held.asked('/first');
      leaving.abort();
      await Promise.all([answer, held.givenUp('/first')]);
      // A crawl that begins and ends after it shows that the others' turns have come and gone.
      const later = linesOf([held.url('/later')]);
      await held.release('/later');
      await later;
      assert.deepEqual(held.requested, ['/first', '/later']);
    });
  }

  it('breaks its streams off, rather than ending them, when the engine stops', async () => {
    const stopping = await startEngine();
    const response = await openPost(`${stopping.address}/crawl/stream`, { urls: [held.url('/a')] });
    const lines = partsOf(response, '\n');
    await lines.next();
    await held.asked('/a');
    const failed = once(response, 'error');
    await Promise.all([stopping.stop(), assert.rejects(lines.next()), failed]);
  });
});

function readEvent(text: string): Event {
  const fields = Object.fromEntries(
    text.split('\n').map((line): [string, string] => {
      const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  return { ...fields, data: JSON.parse(fields.data ?? '') as Json } as Event;
}
