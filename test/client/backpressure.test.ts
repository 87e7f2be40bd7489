import assert from 'node:assert/strict';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import { ClientBench } from '../support/clientBench';

const batchSize = 100;
const pageBytes = 400_000;
/** What the client takes before it pauses, and what a socket may bring behind that. */
const mostUnreadPages = Math.ceil((6 * 1024 * 1024) / pageBytes) + 2;

function largePages(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `https://site.example/${at}?size=${pageBytes}`);
}

describe('a crawl whose reader is slow', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('stops reading at the mark, says so, and goes on when the reader has caught up', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address, { maxConnectionsPerCrawl: 1 });
    const urls = largePages(batchSize);
    let arrived = 0;
    const crawl = client.crawl(urls, null, {
      onEvent: ({ message_type: type }) => void (arrived += type === 'result' ? 1 : 0),
    });
    const paused = new Promise<void>((resolve) => {
      const listener = client.onDidChangeReading(() => {
        listener.dispose();
        resolve();
      });
    });
    const events: CrawlEvent[] = [(await crawl.next()).value!];
    await paused;
    assert.equal(crawl.isReadingPaused, true);
    assert.equal(client.isReadingPaused, true);
    assert.ok(arrived < mostUnreadPages, `${arrived} pages are in memory`);

    for await (const event of crawl) events.push(event);
    assert.equal(client.isReadingPaused, false);
    const indexes = events.flatMap((event) => (event.message_type === 'result' ? [event.data.index] : []));
    assert.deepEqual(indexes, [...urls.keys()]);
    assert.equal(client.metrics.reconnects, 0);
  });

  it('is not given up for the silence of a server that is not read', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve();
    const client = bench.client(server.address, { maxConnectionsPerCrawl: 1 });
    const paused = new Promise<void>((resolve) => void client.onDidChangeReading(() => resolve()));
    const crawl = client.crawl(largePages(batchSize));
    await crawl.next();
    await paused;
    // The reader comes back after an hour.
    clock.tick(3_600_000);
    let results = 0;
    for await (const event of crawl) if (event.message_type === 'result') results += 1;
    assert.equal(results, batchSize);
    assert.equal(client.metrics.reconnects, 0);
  });

  it('may end while reading is paused', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address, { maxConnectionsPerCrawl: 1 });
    const paused = new Promise<void>((resolve) => void client.onDidChangeReading(() => resolve()));
    const crawl = client.crawl(largePages(batchSize));
    await crawl.next();
    await paused;
    await crawl.return?.();
    assert.equal(client.isReadingPaused, false);
    await client.close();
    await server.until(() => server.openPeers.length === 0);
  });
});
