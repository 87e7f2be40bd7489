import assert from 'node:assert/strict';
import FakeTimers from '@sinonjs/fake-timers';
import { RipTideClient, type RipTideClientOptions } from '../../src/client/ripTideClient';
import type { SiteOptions } from '../../src/protocol/messages';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { Tap } from '../support/tap';
import { HeldSite } from '../engine/server/heldSite';
import { startOwnServer, type OwnServer } from '../engine/server/ownServer';
import { wholeHost } from '../support/siteOptions';
import { readToEnd, readUntil } from '../support/crawlEvents';

const options: SiteOptions = { ...wholeHost, max_depth: 3, max_pages: 1000 };

/** What is too deep is told last, since a shorter way to it might be found. */
const toldLast: SiteOptions = { ...options, max_depth: 0, strategy: 'best-first' };

function linking(...paths: string[]): string {
  const links = paths.map((path) => `<li><a href="${path}">${path}</a></li>`).join('');
  return `<h1>Tides</h1><p>The tide turns at ${paths.join()}.</p><ul>${links}</ul>`;
}

describe('a site crawl on the socket of all crawls', () => {
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

  for (const encoding of ['json', 'messagepack'] as const) {
    it(`shares it with lists and other sites, however much it finds, in ${encoding}`, async () => {
      const client = open({ encoding });
      const deep = client.crawlSite([`${site.origin}/guide/1`], { ...options, max_depth: 60 });
      const shallow = client.crawlSite([`${site.origin}/guide/80`], { ...options, max_depth: 0 });
      const list = client.crawl(site.pageUrls(150));
      const reading = Promise.all([readToEnd(deep), readToEnd(shallow)]);
      for await (const event of list) if (event.message_type === 'summary') break;
      await reading;
      assert.deepEqual(
        [deep, shallow, list].map(({ counts }) => [counts.succeeded, counts.skipped]),
        [
          [61, 1],
          [1, 3],
          [150, 0],
        ],
      );
      assert.equal(tap.connections, 1);
      assert.equal(client.metrics.ignoredResults, 0);
    });
  }

  it('goes on where it was when that drops, with what was found meanwhile', async () => {
    const client = open();
    const crawl = client.crawlSite([held.url('/')], options);
    await readUntil(crawl, 'metadata');
    await held.release('/', linking('/1', '/2'));
    await readUntil(crawl, 'result');
    await held.asked('/1');
    tap.cut();
    await held.release('/1', linking('/2', '/3'));
    await readUntil(crawl, 'reconnecting');
    await Promise.all([held.release('/2'), held.release('/3')]);
    await readToEnd(crawl);
    assert.deepEqual([crawl.counts.asked, crawl.counts.succeeded], [4, 4]);
    assert.deepEqual([...held.requested].sort(), ['/', '/1', '/2', '/3']);
    const { resentUrls, ignoredResults } = client.metrics;
    assert.deepEqual([resentUrls, ignoredResults, tap.connections], [0, 0, 2]);
  });

  it('hears what was left out also where that drops behind the last result', async () => {
    const client = open({ encoding: 'json' });
    tap.cutBefore = '"rule":"depth"';
    const crawl = client.crawlSite(site.pageUrls(1), toldLast);
    await readToEnd(crawl);
    assert.deepEqual([crawl.counts.asked, crawl.counts.succeeded, crawl.counts.skipped], [2, 1, 1]);
    assert.deepEqual([client.metrics.resentUrls, tap.connections], [0, 2]);
  });

  it('is over where that drops behind the last result, and the server has forgotten', async () => {
    const reborn = await startOwnServer();
    try {
      const client = open({ encoding: 'json' });
      tap.cutBefore = '"rule":"depth"';
      const crawl = client.crawlSite(site.pageUrls(1), toldLast);
      await readUntil(crawl, 'metadata');
      tap.target = reborn.address;
      await readToEnd(crawl);
      assert.deepEqual([crawl.counts.asked, crawl.counts.succeeded], [1, 1]);
      await client.close();
    } finally {
      await reborn.close();
    }
  });

  it('is over where that drops behind the last result, and nobody answers any more', async () => {
    const client = open({ encoding: 'json', maxRetries: 1 });
    tap.cutBefore = '"rule":"depth"';
    const crawl = client.crawlSite(site.pageUrls(1), toldLast);
    await readUntil(crawl, 'metadata');
    tap.target = 'http://127.0.0.1:1';
    await readToEnd(crawl);
    assert.deepEqual([crawl.counts.asked, crawl.counts.succeeded], [1, 1]);
  });

  it('asks again for what is outstanding where the server has forgotten', async () => {
    const client = open();
    const seeds = [...site.pageUrls(1), ...site.heldUrls(1)];
    const crawl = client.crawlSite(seeds, { ...options, max_depth: 1 });
    await readUntil(crawl, 'result');
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
        outcomes.map(({ data }) => new URL(data.result.url).pathname),
        ['/held/1', '/guide/2'],
      );
      assert.equal(site.requested.filter((path) => path === '/guide/1').length, 1);
      assert.equal(client.metrics.resentUrls, 2);
      await client.close();
    } finally {
      await reborn.close();
    }
  });

  it('leaves it to the others when it is stopped, and the server gives it up', async () => {
    const client = open();
    const stopped = client.crawlSite([held.url('/given-up')], options);
    const other = client.crawlSite([held.url('/other')], options);
    const rest = readToEnd(other);
    await readUntil(stopped, 'metadata');
    await Promise.all([held.asked('/given-up'), held.asked('/other')]);
    await stopped.return?.();
    await held.givenUp('/given-up');
    await held.release('/other');
    await rest;
    assert.deepEqual([other.counts.succeeded, tap.connections], [1, 1]);
  });

  it('costs a page above the message limit only itself, and no other crawl a page', async () => {
    const answers = new Map([
      ['/', linking('/large', '/small')],
      ['/small', linking('/smaller')],
      ['/smaller', linking('/')],
      ['/large', `<p>${'The tide turns. '.repeat(9000)}</p>`],
    ]);
    const mixed = new HeldSite((path) => answers.get(path));
    await mixed.listen();
    const client = open({ maxMessageBytes: 50_000 });
    const alone = client.crawlSite([held.url('/alone')], options);
    const reading = readToEnd(alone);
    await held.asked('/alone');
    const largeUrl = mixed.url('/large');
    // It is in company all the time, with a page that was the only one asked for, and is not taken for the culprit.
    const crawl = client.crawlSite([mixed.url('/')], options);
    const events = await readToEnd(crawl);
    await held.release('/alone');
    await reading;
    await mixed.close();
    assert.deepEqual([crawl.counts.succeeded, crawl.counts.failed, alone.counts.succeeded], [3, 1, 1]);
    const undeliverable = events.filter((event) => event.message_type === 'undeliverable');
    assert.deepEqual(
      undeliverable.map(({ data }) => data.url),
      [largeUrl],
    );
  });

  describe('paused', () => {
    it('lets what runs finish and begins nothing, until unpause', async () => {
      const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] });
      const client = open();
      const crawl = client.crawlSite([held.url('/')], { ...options, max_duration_ms: 3_600_000 });
      await readUntil(crawl, 'metadata');
      await held.asked('/');
      crawl.pause();
      await client.ping();
      await held.release('/', linking('/1'));
      await readUntil(crawl, 'result');
      // Nobody is late who is paused.
      clock.tick(10 * 60_000);
      clock.uninstall();
      await client.ping();
      assert.deepEqual(held.requested, ['/']);
      crawl.unpause();
      await held.release('/1');
      await readToEnd(crawl);
      assert.equal(client.metrics.reconnects, 0);
    });

    it('stays so over a drop', async () => {
      const client = open();
      const crawl = client.crawlSite([held.url('/')], options);
      await readUntil(crawl, 'metadata');
      await held.asked('/');
      crawl.pause();
      await client.ping();
      tap.cut();
      await readUntil(crawl, 'reconnecting');
      await held.release('/', linking('/1'));
      await client.ping();
      assert.deepEqual(held.requested, ['/']);
      crawl.unpause();
      await held.release('/1');
      await readToEnd(crawl);
      assert.deepEqual([crawl.counts.succeeded, client.metrics.resentUrls], [2, 0]);
    });

    it('by the server, is told once, also over a drop, and goes on by unpause', async () => {
      const client = open();
      const seeds = Array.from({ length: 40 }, (_, n) => `${site.origin}/nowhere/${n}`);
      const crawl = client.crawlSite(seeds, options);
      await readUntil(crawl, 'paused');
      assert.ok(crawl.counts.failed >= 20 && crawl.counts.failed < 40, String(crawl.counts.failed));
      tap.cut();
      await readUntil(crawl, 'reconnecting');
      await client.ping();
      crawl.unpause();
      const rest = await readToEnd(crawl);
      assert.ok(!rest.some((event) => event.message_type === 'paused'));
      assert.deepEqual([crawl.counts.failed, site.requested.length], [40, 40]);
    });

    it('can be stopped', async () => {
      const crawl = open().crawlSite([held.url('/')], options);
      await readUntil(crawl, 'metadata');
      await held.asked('/');
      crawl.pause();
      await crawl.return?.();
      await held.givenUp('/');
    });
  });
});
