import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { CrawlStore } from '../../src/store/crawlStore';
import { buildEngine } from '../support/builtEngine';
import { bundleWorker } from '../support/bundle';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { StoreFolder, storeWorkerEntry } from '../support/openStore';
import { seededRandom } from '../support/seededRandom';

const rounds = Number(process.env.RIPTIDE_KILL_ROUNDS ?? 2);
const urlCount = Number(process.env.RIPTIDE_KILL_URLS ?? 200);
const seed = Number(process.env.RIPTIDE_KILL_SEED ?? 1);

/** The process of a crawl, and what it says. */
class Host {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  private readonly lines;

  constructor(args: readonly string[]) {
    const script = resolve(__dirname, 'crawlHost.ts');
    this.child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.ended = once(this.child, 'exit');
    this.lines = createInterface({ input: this.child.stdout! });
  }

  /** The number of the first line of that kind that is large enough. */
  whenSays(kind: string, atLeast: number): Promise<number> {
    return new Promise((said) => {
      const listen = (line: string): void => {
        const [word, number] = line.split(' ');
        if (word !== kind || Number(number) < atLeast) return;
        this.lines.off('line', listen);
        said(Number(number));
      };
      this.lines.on('line', listen);
    });
  }
}

describe('a crawl whose processes are killed', function () {
  this.timeout(60_000 + rounds * 30_000);
  const random = seededRandom(seed);
  let enginePath: string;
  let workerPath: string;
  let site: LocalSite;
  let folder: StoreFolder;

  before(async () => {
    [enginePath, workerPath] = await Promise.all([buildEngine(), bundleWorker(storeWorkerEntry)]);
  });
  beforeEach(async () => {
    [site, folder] = await Promise.all([startLocalSite(), StoreFolder.create()]);
  });
  afterEach(() => Promise.all([site.close(), folder.dispose()]));

  function startHost(crawlId: string, urls: readonly string[] = []): Host {
    return new Host([enginePath, workerPath, folder.databasePath, crawlId, ...urls]);
  }

  function timesRequested(url: string): number {
    const path = new URL(url).pathname;
    return site.requested.filter((each) => each === path).length;
  }

  async function assertComplete(store: CrawlStore, urls: readonly string[]): Promise<void> {
    const [crawl] = await store.listCrawls();
    assert.ok(crawl);
    assert.equal(crawl.state.kind, 'completed');
    assert.deepEqual(crawl.counts, {
      asked: urls.length,
      succeeded: urls.length,
      failed: 0,
      skipped: 0,
      outstanding: 0,
    });
  }

  for (let round = 1; round <= rounds; round += 1) {
    it(`goes on after the editor was killed, and fetches no finished page twice (${round})`, async () => {
      const urls = site.pageUrls(urlCount);
      const host = startHost('START', urls);
      await host.whenSays('done', 1 + Math.floor(random() * (urlCount - 1)));
      host.child.kill('SIGKILL');
      await host.ended;

      const store = await folder.open();
      const [crawl] = await store.listCrawls();
      assert.ok(crawl);
      const { pages } = await store.listPages({
        crawlId: crawl.id,
        outcome: 'succeeded',
        offset: 0,
        limit: urlCount,
      });
      const before = new Map(pages.map(({ url }) => [url, timesRequested(url)]));
      assert.ok(before.size > 0);
      if (crawl.state.kind !== 'completed') {
        assert.equal(crawl.state.kind, 'interrupted');
        await startHost(crawl.id).ended;
      }
      await assertComplete(store, urls);
      for (const [url, times] of before) assert.equal(timesRequested(url), times, url);
    });

    it(`goes on with a site that it was still finding its way through (${round})`, async () => {
      // Each guide leads to the next one: these and no more are up to 50 links away from the first.
      const reachable = 51;
      const host = startHost('SITE', site.pageUrls(1));
      await host.whenSays('done', 1 + Math.floor(random() * reachable));
      host.child.kill('SIGKILL');
      await host.ended;

      const store = await folder.open();
      const [crawl] = await store.listCrawls();
      assert.ok(crawl);
      const query = { crawlId: crawl.id, offset: 0, limit: 100 };
      const { pages } = await store.listPages({ ...query, outcome: 'succeeded' });
      const before = new Map(pages.map(({ url }) => [url, timesRequested(url)]));
      assert.ok(before.size > 0);
      if (crawl.state.kind !== 'completed') {
        assert.equal(crawl.state.kind, 'interrupted');
        await startHost(crawl.id).ended;
      }
      const ended = await store.readCrawl(crawl.id);
      assert.equal(ended?.state.kind, 'completed');
      const counts = { asked: reachable + 1, succeeded: reachable, failed: 0, skipped: 1, outstanding: 0 };
      assert.deepEqual(ended.counts, counts);
      for (const [url, times] of before) assert.equal(timesRequested(url), times, url);
      const all = await store.listPages(query);
      assert.deepEqual(
        all.pages.map(({ url, depth }) => [url, depth]),
        site.pageUrls(reachable + 1).map((url, depth) => [url, depth]),
      );
    });

    it(`goes on after the engine was killed (${round})`, async () => {
      const urls = site.pageUrls(urlCount);
      const host = startHost('START', urls);
      const engine = await host.whenSays('engine', 0);
      await host.whenSays('done', 1 + Math.floor(random() * (urlCount - 1)));
      try {
        process.kill(engine, 'SIGKILL');
      } catch {
        // The crawl was faster than the kill.
      }
      await host.ended;
      await assertComplete(await folder.open(), urls);
    });
  }
});
