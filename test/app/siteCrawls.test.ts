import assert from 'node:assert/strict';
import { Crawls } from '../../src/app/crawls';
import type { CrawlSource, DecideFailing } from '../../src/app/crawlRun';
import { readSiteOptions } from '../../src/app/siteSettings';
import type { Logger } from '../../src/base/logger';
import type { CrawlStore } from '../../src/store/crawlStore';
import type { PageRecord } from '../../src/store/records';
import { ClientBench } from '../support/clientBench';
import type { FakePeer, FakeScript } from '../support/fakeRipTide';
import { FakeSite, home, type Links } from '../support/fakeSite';
import { unpackPages } from '../support/resumedPages';
import { StoreFolder } from '../support/openStore';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const site = { ...readSiteOptions(() => undefined), max_depth: 2 };

const links: Links = {
  [home]: [`${home}a`, `${home}b`, 'https://other.example/'],
  [`${home}a`]: [`${home}c`],
  [`${home}b`]: [`${home}b?fail=1`],
};

describe('site crawls', () => {
  const bench = new ClientBench();
  let folder: StoreFolder;
  let store: CrawlStore;

  beforeEach(async () => {
    folder = await StoreFolder.create();
    store = await folder.open();
  });

  afterEach(async () => {
    await bench.end();
    await folder.dispose();
  });

  async function crawlsOf(script: FakeScript, decide?: DecideFailing): Promise<Crawls> {
    const { address } = await bench.serve(script);
    const source: CrawlSource = {
      name: address,
      withClient: async (signal, work) => {
        signal.throwIfAborted();
        await work(bench.client(address, { random: () => 0 }));
      },
    };
    return new Crawls(() => Promise.resolve(store), source, logger, decide);
  }

  async function pagesOf(crawlId: string): Promise<PageRecord[]> {
    return (await store.listPages({ crawlId, offset: 0, limit: 100 })).pages;
  }

  /** Resolves when so many pages are on disk. */
  function whenDone(crawls: Crawls, count: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = crawls.onDidChange(() => {
        if (crawls.progress.done < count) return;
        listener.dispose();
        resolve();
      });
    });
  }

  it('store what is found as it is found, in order, with the rule that skipped it', async () => {
    const crawls = await crawlsOf(new FakeSite(links));
    const totals: number[] = [];
    crawls.onDidChange(() => totals.push(crawls.progress.total));
    const { id, ended } = await crawls.startSite([home], 'site', site);
    const { state, counts, site: kept } = await ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 6, succeeded: 4, failed: 1, skipped: 1, outstanding: 0 });
    assert.deepEqual(kept, site);
    assert.ok(totals.includes(1) && totals.includes(6));
    assert.deepEqual(
      (await pagesOf(id)).map(({ url, depth, outcome }) => [
        url.replace(home, '/'),
        depth,
        outcome.kind === 'skipped' ? outcome.rule : outcome.kind,
      ]),
      [
        ['/', 0, 'succeeded'],
        ['/a', 1, 'succeeded'],
        ['/b', 1, 'succeeded'],
        ['https://other.example/', 1, 'scope'],
        ['/c', 2, 'succeeded'],
        ['/b?fail=1', 2, 'failed'],
      ],
    );
  });

  it('pause, and go on with what is outstanding, knowing all else', async () => {
    const script: FakeSite = new FakeSite(
      links,
      (_peer, url) => url !== `${home}b` || script.requests.length > 1,
    );
    const crawls = await crawlsOf(script);
    const { id, ended } = await crawls.startSite([home], 'site', site);
    // The first page and the next are read, and the other host is left out.
    await whenDone(crawls, 3);
    crawls.stop(id, 'paused');
    const paused = await ended;
    assert.deepEqual(paused.state, { kind: 'paused' });
    assert.deepEqual(paused.counts, { asked: 6, succeeded: 2, failed: 0, skipped: 1, outstanding: 3 });

    const { state, counts } = await (await crawls.resume(id, 'none')).ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 6, succeeded: 4, failed: 1, skipped: 1, outstanding: 0 });
    const again = script.requests[1];
    assert.deepEqual(again?.urls, [home]);
    const resumed = again.site?.resumed;
    assert.deepEqual(
      unpackPages(resumed?.pages ?? '').map(({ url, state }) => [
        url,
        state.kind === 'outstanding' ? state.depth : state.kind,
      ]),
      [
        [`${home}b`, 1],
        [`${home}c`, 2],
        [`${home}b?fail=1`, 2],
        [home, 'succeeded'],
        [`${home}a`, 'succeeded'],
        ['https://other.example/', 'done'],
      ],
    );
    assert.deepEqual([resumed?.outstanding, resumed?.pages_fetched], [3, 2]);
  });

  it('ask for failed pages again, by their depth', async () => {
    const script = new FakeSite(links);
    const crawls = await crawlsOf(script);
    const { id, ended } = await crawls.startSite([home], 'site', site);
    await ended;
    const { counts } = await (await crawls.resume(id, 'failed')).ended;
    assert.equal(counts.failed, 1);
    const again = script.requests[1];
    const resumed = again?.site?.resumed;
    assert.deepEqual(unpackPages(resumed?.pages ?? '')[0], {
      url: `${home}b?fail=1`,
      state: { kind: 'outstanding', depth: 2 },
      memo: '',
    });
    assert.deepEqual([resumed?.outstanding, resumed?.pages_fetched], [1, 4]);
  });

  it('fail with what to do where the server has no site crawls', async () => {
    const crawls = await crawlsOf({});
    const { state } = await (await crawls.startSite([home], 'site', site)).ended;
    assert.ok(state.kind === 'failed');
    assert.equal(state.reason, 'site-crawl-unsupported');
    assert.match(state.message, /built-in engine/);
  });

  describe('of which half of the pages fail', () => {
    const paused = (peer: FakePeer): void =>
      peer.send('paused', { reason: 'failing', message: '10 of 20 pages failed' });

    /** Holds before the first page until it is told to go on. */
    function holding(): FakeScript {
      let goOn = (): void => undefined;
      const isAnswered = new Promise<void>((resolve) => (goOn = resolve));
      const script = new FakeSite(links, async (peer, url) => {
        if (url !== home || script.requests.length > 1) return true;
        paused(peer);
        await isAnswered;
        return true;
      });
      return {
        onOpen: script.onOpen,
        onRequest: (peer, message) => {
          if (message.request_type === 'unpause') goOn();
          void script.onRequest(peer, message);
        },
      };
    }

    it('go on when that is wanted', async () => {
      const asked: string[] = [];
      const crawls = await crawlsOf(holding(), ({ title }, message) => {
        asked.push(`${title}: ${message}`);
        return Promise.resolve('go-on');
      });
      const { state } = await (await crawls.startSite([home], 'site', site)).ended;
      assert.equal(state.kind, 'completed');
      assert.deepEqual(asked, ['site: 10 of 20 pages failed']);
    });

    it('end when that is wanted, and can be resumed when nobody decides', async () => {
      const cancelling = await crawlsOf(holding(), () => Promise.resolve('cancelled'));
      assert.equal((await (await cancelling.startSite([home], 'a', site)).ended).state.kind, 'cancelled');
      const pausing = await crawlsOf(holding(), () => Promise.resolve('paused'));
      const { id, ended } = await pausing.startSite([home], 'b', site);
      assert.deepEqual((await ended).state, { kind: 'paused' });
      assert.equal((await (await pausing.resume(id, 'none')).ended).state.kind, 'completed');
    });
  });
});
