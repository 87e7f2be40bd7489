import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { version } from '../../package.json';
import { Crawls } from '../../src/app/crawls';
import { EngineProcess } from '../../src/app/engineProcess';
import { Session } from '../../src/app/session';
import type { Logger } from '../../src/base/logger';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import type { CrawlStore } from '../../src/store/crawlStore';
import type { NewCrawl } from '../../src/store/records';
import { buildEngine } from '../support/builtEngine';
import { StoreFolder } from '../support/openStore';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('unchanged pages', () => {
  let folder: StoreFolder;
  let store: CrawlStore;
  let server: Server;
  let engine: EngineProcess;
  let session: Session;
  let crawls: Crawls;
  let statuses: number[];
  let asked: string[];
  let etag: string;
  let urls: string[];

  beforeEach(async () => {
    statuses = [];
    asked = [];
    etag = '"one"';
    server = createServer((request, response) => {
      if (request.url === '/robots.txt') return void response.writeHead(404).end();
      const known = request.headers['if-none-match'];
      asked.push(`${request.url ?? ''} ${known ?? '-'}`);
      const status = known === etag ? 304 : 200;
      statuses.push(status);
      response.writeHead(status, { 'Content-Type': 'text/html', ETag: etag });
      response.end(
        status === 304 ? '' : `<title>Tide ${etag}</title><p>${'The tide rises. '.repeat(40)}</p>`,
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    urls = [`${origin}/a`, `${origin}/b`];
    folder = await StoreFolder.create();
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
    await folder.dispose();
    server.close();
    server.closeAllConnections();
  });

  async function crawl(options = {}): Promise<string> {
    const { id, ended } = await crawls.start(urls, 'tides', options);
    const { state, counts } = await ended;
    assert.deepEqual([state.kind, counts.succeeded], ['completed', 2]);
    return id;
  }

  async function resumed(made: Pick<NewCrawl, 'serverVersion' | 'options'>): Promise<string> {
    const id = 'paused';
    await store.createCrawl({ id, title: 'tides', server: 'built-in', startedAtMs: 1, urls, ...made });
    await store.endCrawl(id, { kind: 'paused' });
    const { ended } = await crawls.resume(id, 'none');
    await ended;
    return id;
  }

  it('cost a 304, and open as before', async () => {
    const first = await crawl();
    const second = await crawl();
    const third = await crawl();
    assert.deepEqual(statuses, [200, 200, 304, 304, 304, 304]);
    for (const index of [0, 1]) {
      const [before, after, last] = await Promise.all(
        [first, second, third].map((id) => store.readPage(id, index)),
      );
      assert.ok(before && after);
      assert.ok(before.document?.text.includes('The tide rises.'));
      assert.deepEqual(after.document, before.document);
      assert.deepEqual(last?.document, before.document);
      assert.ok(after.outcome.kind === 'succeeded' && before.outcome.kind === 'succeeded');
      assert.deepEqual([before.outcome.status, after.outcome.status], [200, 304]);
      assert.equal(after.outcome.title, before.outcome.title);
      assert.equal(after.outcome.sizeBytes, before.outcome.sizeBytes);
    }
  });

  it('open as before also when the crawl that read them was deleted', async () => {
    const first = await crawl();
    const second = await crawl();
    await store.deleteCrawl(first);
    assert.ok((await store.readPage(second, 0))?.document);
    await crawl();
    assert.deepEqual(statuses.slice(4), [304, 304]);
  });

  it('are told from pages that have changed', async () => {
    await crawl();
    etag = '"two"';
    const id = await crawl();
    assert.deepEqual(asked.slice(2).sort(), ['/a "one"', '/b "one"']);
    assert.deepEqual(statuses.slice(2), [200, 200]);
    assert.equal((await store.readPage(id, 0))?.document?.title, 'Tide "two"');
  });

  it('are read anew when something else is asked of them, or nothing is left of them', async () => {
    const first = await crawl();
    await crawl({ skip_extraction: true });
    await store.deleteCrawl(first);
    await crawl();
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200]);
  });

  it('cost a 304 also where the same else was asked of them', async () => {
    await crawl({ skip_extraction: true });
    await crawl();
    const id = await crawl({ skip_extraction: true });
    assert.deepEqual(statuses, [200, 200, 200, 200, 304, 304]);
    assert.ok((await store.readPage(id, 1))?.document?.html?.startsWith('<title>'));
  });

  it('are read anew when the cache is turned off', async () => {
    await crawl({ cache_mode: 'bypass' });
    await crawl({ cache_mode: 'bypass' });
    assert.deepEqual(statuses, [200, 200, 200, 200]);
  });

  it('do for no crawl that is resumed and asks for something else', async () => {
    await crawl();
    const id = await resumed({ serverVersion: version, options: { skip_extraction: true } });
    assert.deepEqual(statuses, [200, 200, 200, 200]);
    assert.ok((await store.readPage(id, 0))?.document?.html?.startsWith('<title>'));
  });

  it('are read anew by another version of the engine', async () => {
    await resumed({ serverVersion: '0.0.0' });
    await crawl();
    assert.deepEqual(statuses, [200, 200, 200, 200]);
  });

  it('cost a 304 where this version of the engine read them', async () => {
    await resumed({ serverVersion: version });
    await crawl();
    assert.deepEqual(statuses, [200, 200, 304, 304]);
  });
});
