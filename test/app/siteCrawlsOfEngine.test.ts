import assert from 'node:assert/strict';
import { Crawls } from '../../src/app/crawls';
import type { DecideFailing } from '../../src/app/crawlRun';
import { EngineProcess } from '../../src/app/engineProcess';
import { Session } from '../../src/app/session';
import { previewDocument } from '../../src/app/previewDocument';
import { previewSite } from '../../src/app/sitePreview';
import { readSiteOptions } from '../../src/app/siteSettings';
import type { Logger } from '../../src/base/logger';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import type { CrawlStore } from '../../src/store/crawlStore';
import type { PageRecord } from '../../src/store/records';
import { buildEngine } from '../support/builtEngine';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { StoreFolder } from '../support/openStore';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const site = readSiteOptions(() => undefined);

/** Each guide of the local site links to the first, to the second and to the next one. */
describe('site crawls with the built-in engine', () => {
  let folder: StoreFolder;
  let store: CrawlStore;
  let local: LocalSite;
  let engine: EngineProcess;
  let session: Session;
  let decide: DecideFailing;
  let crawls: Crawls;

  beforeEach(async () => {
    [folder, local] = await Promise.all([StoreFolder.create(), startLocalSite()]);
    store = await folder.open();
    engine = new EngineProcess(await buildEngine(), () => defaultFetchSettings, logger);
    session = new Session({
      engine,
      readServer: () => ({ kind: 'built-in' }),
      readApiKey: () => Promise.resolve(undefined),
      maxMessageBytes: () => 10 * 1024 * 1024,
      logger,
    });
    decide = () => Promise.resolve('go-on');
    crawls = new Crawls(
      () => Promise.resolve(store),
      session,
      logger,
      (crawl, message) => decide(crawl, message),
    );
  });

  afterEach(async () => {
    crawls.stopAll('interrupted');
    session.dispose();
    await engine.stop();
    await Promise.all([folder.dispose(), local.close()]);
  });

  async function pagesOf(crawlId: string): Promise<PageRecord[]> {
    return (await store.listPages({ crawlId, offset: 0, limit: 1_000 })).pages;
  }

  function told({ url, depth, outcome }: PageRecord): [string, number, string | null] {
    const { pathname } = new URL(url);
    return [pathname, depth, outcome.kind === 'skipped' ? outcome.rule : outcome.kind];
  }

  function guidesRequested(): string[] {
    return local.requested.filter((path) => path.startsWith('/guide/'));
  }

  /** Resolves when so many pages are on disk. */
  function whenDone(count: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = crawls.onDidChange(() => {
        if (crawls.progress.done < count) return;
        listener.dispose();
        resolve();
      });
    });
  }

  it('follow links as deep as asked, and say of the next why it is left out', async () => {
    const { id, ended } = await crawls.startSite([`${local.origin}/guide/1`], 'tides', site);
    const { state, counts } = await ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 5, succeeded: 4, failed: 0, skipped: 1, outstanding: 0 });
    assert.deepEqual((await pagesOf(id)).map(told), [
      ['/guide/1', 0, 'succeeded'],
      ['/guide/2', 1, 'succeeded'],
      ['/guide/3', 2, 'succeeded'],
      ['/guide/4', 3, 'succeeded'],
      ['/guide/5', 4, 'depth'],
    ]);
    assert.deepEqual(guidesRequested().length, 4);
  });

  it('keep to the page limit exactly, also when they are paused and resumed', async () => {
    const options = { ...site, max_depth: 50, max_pages: 8 };
    const seeds = [`${local.origin}/guide/10`, `${local.origin}/held/99`];
    const { id, ended } = await crawls.startSite(seeds, 'tides', options);
    await local.whenRequested('/held/99', 1);
    await local.whenRequested('/guide/10', 1);
    crawls.stop(id, 'paused');
    const paused = await ended;
    assert.deepEqual(paused.state, { kind: 'paused' });
    assert.ok(paused.counts.outstanding > 0);
    local.release();
    const { state, counts } = await (await crawls.resume(id, 'none')).ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual([counts.succeeded, counts.outstanding], [8, 0]);
    const skipped = (await pagesOf(id)).filter(({ outcome }) => outcome.kind === 'skipped').map(told);
    assert.ok(skipped.length > 0);
    assert.ok(skipped.every(([, , rule]) => rule === 'page-limit'));
  });

  it('go on with the next engine when one is killed, and read no stored page twice', async () => {
    const seeds = [`${local.origin}/guide/1`, `${local.origin}/held/99`];
    const { ended } = await crawls.startSite(seeds, 'tides', { ...site, max_depth: 1 });
    await Promise.all([whenDone(1), local.whenRequested('/held/99', 1)]);
    assert.ok(engine.state.kind === 'ready');
    process.kill(engine.state.pid, 'SIGKILL');
    await local.whenRequested('/held/99', 2);
    local.release();
    const { state, counts } = await ended;
    assert.equal(state.kind, 'completed');
    // The seeds, the second guide and the hundredth; what these two link to is too deep.
    assert.deepEqual(counts, { asked: 6, succeeded: 4, failed: 0, skipped: 2, outstanding: 0 });
    assert.equal(local.requested.filter((path) => path === '/guide/1').length, 1);
  });

  it('wait when half of the pages fail, until somebody decides', async () => {
    const seeds = Array.from({ length: 40 }, (_, at) => `${local.origin}/missing/${at}`);
    const asked: string[] = [];
    decide = (_crawl, message) => {
      asked.push(message);
      return Promise.resolve('go-on');
    };
    const { counts } = await (await crawls.startSite(seeds, 'gone', site)).ended;
    assert.equal(asked.length, 1);
    assert.deepEqual([counts.failed, counts.outstanding], [40, 0]);

    decide = () => Promise.resolve('cancelled');
    const cancelled = await (await crawls.startSite(seeds, 'gone', site)).ended;
    assert.equal(cancelled.state.kind, 'cancelled');
    assert.ok(cancelled.counts.outstanding > 0);
  });

  it('fail with the engine’s words when a pattern is none', async () => {
    const options = { ...site, include: ['re:('] };
    const { state } = await (await crawls.startSite(local.pageUrls(1), 'tides', options)).ended;
    assert.ok(state.kind === 'failed');
    assert.equal(state.reason, 'crawl-refused');
    assert.match(state.message, /re:\(/);
  });

  it('are previewed without a page but the seeds', async () => {
    const signal = new AbortController().signal;
    const preview = await previewSite(session, local.pageUrls(1), site, signal, () => undefined);
    const text = previewDocument(preview);
    assert.match(text, /\*\*2 would be crawled, 0 would not\.\*\*/);
    assert.match(
      text,
      /## Would be crawled beside the seeds: 1\n\n- <[^>]*\/guide\/2>: found on <[^>]*\/guide\/1>/,
    );
    assert.deepEqual(guidesRequested(), ['/guide/1']);
    assert.deepEqual(await store.listCrawls(), []);
  });
});
