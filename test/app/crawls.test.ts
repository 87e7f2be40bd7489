import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Crawls } from '../../src/app/crawls';
import { EngineProcess } from '../../src/app/engineProcess';
import { Session } from '../../src/app/session';
import { withReach } from '../../src/app/urlSource';
import type { Logger } from '../../src/base/logger';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import type { CrawlStore } from '../../src/store/crawlStore';
import { buildEngine } from '../support/builtEngine';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { StoreFolder } from '../support/openStore';
import { refuseUpgrades } from '../support/refuseUpgrades';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('Crawls', () => {
  let folder: StoreFolder;
  let store: CrawlStore;
  let site: LocalSite;
  let engine: EngineProcess;
  let session: Session;
  let crawls: Crawls;

  beforeEach(async () => {
    [folder, site] = await Promise.all([StoreFolder.create(), startLocalSite()]);
    store = await folder.open();
    engine = new EngineProcess(await buildEngine(), () => defaultFetchSettings, logger);
    session = new Session({
      engine,
      readServer: () => ({ kind: 'built-in' }),
      readApiKey: () => Promise.resolve(undefined),
      maxMessageBytes: () => 10 * 1024 * 1024,
      logger,
    });
    crawls = new Crawls(() => Promise.resolve(store), session, logger);
  });

  afterEach(async () => {
    crawls.stopAll('interrupted');
    session.dispose();
    await engine.stop();
    await Promise.all([folder.dispose(), site.close()]);
  });

  /** Resolves when so many pages of running crawls are on disk. */
  function whenDone(count: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = crawls.onDidChange(() => {
        if (crawls.progress.done < count) return;
        listener.dispose();
        resolve();
      });
    });
  }

  function timesRequested(path: string): number {
    return site.requested.filter((each) => each === path).length;
  }

  it('that nobody has typed reach no private address, also when they are resumed', async () => {
    const urls = site.pageUrls(2);
    const { id, ended } = await crawls.start(urls, 'Asked for by a program', withReach({}));
    assert.equal((await ended).counts.failed, 2);
    const resumed = await (await crawls.resume(id, 'failed')).ended;
    assert.equal(resumed.counts.failed, 2);
    const { pages } = await store.listPages({ crawlId: id, offset: 0, limit: 10 });
    for (const { outcome } of pages) {
      assert.equal(outcome.kind === 'failed' && outcome.errorType, 'blocked-address');
    }
  });

  it('stores every page, and tells how far it is', async () => {
    const urls = [...site.pageUrls(120), site.missingUrl];
    const { ended } = await crawls.start(urls, 'tides');
    assert.deepEqual(crawls.progress, { done: 0, total: 121 });
    const { state, counts } = await ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 121, succeeded: 120, failed: 1, skipped: 0, outstanding: 0 });
    assert.deepEqual(crawls.progress, { done: 0, total: 0 });
  });

  it('pauses, and resumes with what is outstanding alone', async () => {
    const urls = [...site.pageUrls(3), ...site.heldUrls(2)];
    const { id, ended } = await crawls.start(urls, 'tides');
    await whenDone(3);
    crawls.stop(id, 'paused');
    const paused = await ended;
    assert.deepEqual(paused.state, { kind: 'paused' });
    assert.equal(paused.counts.outstanding, 2);

    site.release();
    const { state, counts } = await (await crawls.resume(id, 'none')).ended;
    assert.equal(state.kind, 'completed');
    assert.equal(counts.succeeded, 5);
    for (const path of ['/guide/1', '/guide/2', '/guide/3']) assert.equal(timesRequested(path), 1, path);
  });

  it('asks again for the pages that failed, and for no other', async () => {
    const { id, ended } = await crawls.start([...site.pageUrls(2), site.missingUrl], 'tides');
    assert.equal((await ended).counts.failed, 1);
    const { state, counts } = await (await crawls.resume(id, 'failed')).ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 3, succeeded: 2, failed: 1, skipped: 0, outstanding: 0 });
    assert.equal(timesRequested('/missing'), 2);
    assert.equal(timesRequested('/guide/1'), 1);
  });

  it('goes on with the next engine when one is killed, and fetches no finished page twice', async () => {
    const urls = [...site.pageUrls(3), ...site.heldUrls(2)];
    const { ended } = await crawls.start(urls, 'tides');
    await whenDone(3);
    assert.ok(engine.state.kind === 'ready');
    process.kill(engine.state.pid, 'SIGKILL');
    await site.whenRequested('/held/1', 2);
    site.release();
    const { state, counts } = await ended;
    assert.equal(state.kind, 'completed');
    assert.equal(counts.succeeded, 5);
    for (const path of ['/guide/1', '/guide/2', '/guide/3']) assert.equal(timesRequested(path), 1, path);
  });

  it('keeps what had arrived when the editor ends, for the next editor to go on with', async () => {
    const urls = [...site.pageUrls(3), ...site.heldUrls(1)];
    const { id, ended } = await crawls.start(urls, 'tides');
    await whenDone(3);
    crawls.stopAll('interrupted');
    assert.deepEqual((await ended).state, { kind: 'interrupted' });
    site.release();
    assert.equal((await (await crawls.resume(id, 'none')).ended).counts.succeeded, 4);
    assert.equal(timesRequested('/guide/1'), 1);
  });

  it('tells until when a server wants to be left alone', async () => {
    const busy = createServer();
    refuseUpgrades(busy, 429, { headers: 'Retry-After: 600\r\n' });
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`;
    const remote = new Session({
      engine,
      readServer: () => ({ kind: 'remote', address }),
      readApiKey: () => Promise.resolve(undefined),
      maxMessageBytes: () => 1_000_000,
      logger,
    });
    const waiting = new Crawls(() => Promise.resolve(store), remote, logger);
    const known = new Promise<void>((resolve) => waiting.onDidChange(() => waiting.wait && resolve()));
    const beforeMs = Date.now();
    const { id, ended } = await waiting.start(['https://site.example/a'], 'busy');
    await known;
    const { reason, untilMs = 0 } = waiting.wait ?? {};
    assert.equal(reason, 'rate-limited');
    assert.ok(untilMs >= beforeMs + 600_000 && untilMs <= Date.now() + 600_000);
    waiting.stop(id, 'cancelled');
    await ended;
    assert.equal(waiting.wait, null);
    remote.dispose();
    await new Promise((resolve) => busy.close(resolve));
  });

  it('ends as failed, with a reason, when no engine can be had', async () => {
    const broken = new EngineProcess('/nowhere/engine.js', () => defaultFetchSettings, logger);
    const brokenSession = new Session({
      engine: broken,
      readServer: () => ({ kind: 'built-in' }),
      readApiKey: () => Promise.resolve(undefined),
      maxMessageBytes: () => 10 * 1024 * 1024,
      logger,
    });
    const { ended } = await new Crawls(() => Promise.resolve(store), brokenSession, logger).start(
      site.pageUrls(2),
      'tides',
    );
    const { state, counts } = await ended;
    assert.ok(state.kind === 'failed');
    assert.equal(state.reason, 'start-failed');
    assert.equal(counts.outstanding, 2);
    brokenSession.dispose();
  });
});
