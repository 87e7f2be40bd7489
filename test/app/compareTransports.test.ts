import assert from 'node:assert/strict';
import type { ComparedPages } from '../../src/app/comparedPages';
import { compareTransports, median, type TransportSource } from '../../src/app/compareTransports';
import type { CrawlTransport } from '../../src/client/crawlConnection';
import { RipTideClient } from '../../src/client/ripTideClient';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { FakeRipTide } from '../support/fakeRipTide';
import { startLocalSite, type LocalSite } from '../support/localSite';

function sourceOf(address: string): TransportSource & { order: CrawlTransport[] } {
  const order: CrawlTransport[] = [];
  return {
    order,
    withTransport: async (transport, _signal, work) => {
      order.push(transport);
      const client = new RipTideClient({ address, transport });
      try {
        await work(client);
      } finally {
        await client.close();
      }
    },
  };
}

const typed = (urls: string[]): ComparedPages => ({ urls, isPublicOnly: false });

const never = new AbortController().signal;

describe('a comparison of transports', function () {
  this.timeout(60_000);
  let engine: BuiltEngine;
  let site: LocalSite;
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(() => Promise.all([engine.stop(), site.close()]));

  it('crawls the same URLs by each, round by round, each round beginning with another', async () => {
    const source = sourceOf(engine.address);
    const told: string[] = [];
    const { urls, rounds, transports } = await compareTransports(source, {
      pages: typed([...site.pageUrls(3), site.missingUrl, 'ftp://site.example/']),
      rounds: 2,
      signal: never,
      onProgress: ({ transport, round, done, total }) => told.push(`${transport} ${round} ${done}/${total}`),
    });
    assert.deepEqual([urls, rounds], [5, 2]);
    assert.deepEqual(source.order, [
      'websocket',
      'ndjson',
      'sse',
      'http',
      'ndjson',
      'sse',
      'http',
      'websocket',
    ]);
    assert.deepEqual(told.slice(3, 5), ['http 1 3/8', 'ndjson 2 4/8']);
    assert.deepEqual(
      transports.map(({ transport, runs, failure }) => [transport, runs.length, failure]),
      ['websocket', 'ndjson', 'sse', 'http'].map((transport) => [transport, 2, null]),
    );
    for (const run of transports.flatMap(({ runs }) => runs)) {
      assert.deepEqual([run.succeeded, run.failed], [3, 2]);
      assert.ok(run.firstResultMs !== null && run.firstResultMs > 0 && run.firstResultMs <= run.totalMs);
      assert.ok(run.bytes > 500, `${run.bytes} bytes`);
      assert.ok(run.messages >= 4);
    }
  });

  it('asks nobody whether to go on when most of the pages fail', async () => {
    const { transports } = await compareTransports(sourceOf(engine.address), {
      pages: typed(Array.from({ length: 40 }, (_, index) => `${site.missingUrl}/${index}`)),
      rounds: 1,
      signal: never,
      onProgress: () => undefined,
    });
    assert.deepEqual(
      transports.map(({ runs }) => runs.map(({ failed }) => failed)),
      transports.map(() => [40]),
    );
  });

  it('reaches no private address for a crawl whose URLs nobody has typed', async () => {
    const before = site.requested.length;
    const { transports } = await compareTransports(sourceOf(engine.address), {
      pages: { urls: site.pageUrls(2), isPublicOnly: true },
      rounds: 1,
      signal: never,
      onProgress: () => undefined,
    });
    assert.deepEqual(
      transports.map(({ runs }) => runs.map(({ failed }) => failed)),
      transports.map(() => [2]),
    );
    assert.equal(site.requested.length, before);
  });

  it('tells why there are no figures of a transport that the server lacks, and asks for it once', async () => {
    const fake = await FakeRipTide.start();
    try {
      const source = sourceOf(fake.address);
      const { transports } = await compareTransports(source, {
        pages: typed(['https://site.example/a']),
        rounds: 2,
        signal: never,
        onProgress: () => undefined,
      });
      assert.deepEqual(
        transports.map(({ runs, failure }) => [runs.length, failure?.reason]),
        [
          [2, undefined],
          [0, 'no-endpoint'],
          [0, 'no-endpoint'],
          [0, 'no-endpoint'],
        ],
      );
      assert.equal(source.order.length, 5);
    } finally {
      await fake.stop();
    }
  });

  it('ends when it is cancelled, in the middle of a crawl', async () => {
    const source = sourceOf(engine.address);
    const controller = new AbortController();
    const ended = compareTransports(source, {
      pages: typed([site.silentUrl]),
      rounds: 3,
      signal: controller.signal,
      onProgress: () => undefined,
    });
    await site.whenRequested('/silent', 1);
    controller.abort(new Error('enough'));
    await assert.rejects(ended, /enough/);
    assert.deepEqual(source.order, ['websocket']);
  });

  it('takes the median', () => {
    assert.deepEqual(
      [median([]), median([3]), median([9, 1, 4]), median([4, 1, 9, 2])],
      [undefined, 3, 4, 2],
    );
  });
});
