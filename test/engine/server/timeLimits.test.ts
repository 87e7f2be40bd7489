import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import { Crawler } from '../../../src/engine/crawler';
import { ExtractPool } from '../../../src/engine/extract/extractPool';
import { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { PageReader } from '../../../src/engine/pageReader';
import { defaultFetchSettings } from '../../../src/engine/fetchSettings';
import { CrawlServer } from '../../../src/engine/server/crawlServer';
import { bundleWorker } from '../../support/bundle';
import { HeldSite } from './heldSite';
import { openPost, partsOf, post, textOf } from './post';

/** In this process, so that the tests can turn the clock; all but the clock is real. */
describe('the time limits of the engine’s endpoints', () => {
  let clock: Clock;
  let extractPool: ExtractPool;
  let fetcher: PageFetcher;
  let server: CrawlServer;
  let address: string;
  let held: HeldSite;
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);

  beforeEach(async () => {
    logged.length = 0;
    extractPool = new ExtractPool({ workerPath: await bundleWorker('src/engine/extract/extractWorker.ts') });
    fetcher = new PageFetcher({ ...defaultFetchSettings, timeoutMs: 3_600_000 });
    held = new HeldSite();
    await held.listen();
    server = new CrawlServer({
      host: '127.0.0.1',
      port: 0,
      token: null,
      version: '0.0.0',
      crawler: new Crawler(fetcher, new PageReader(extractPool)),
      logger: { debug: log, info: log, warn: log, error: log },
    });
    address = `http://127.0.0.1:${await server.listen()}`;
    clock = FakeTimers.install({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    });
  });
  afterEach(async () => {
    clock.uninstall();
    await server.close();
    fetcher.dispose();
    await Promise.all([extractPool.dispose(), held.close()]);
    assert.deepEqual(logged, []);
  });

  it('POST /crawl answers 408 with an empty body after 30 s, and cancels the crawl', async () => {
    const answer = post(`${address}/crawl`, {
      urls: [held.url('/never'), held.url('/waiting')],
      options: { concurrency: 1 },
    });
    await held.asked('/never');
    clock.tick(29_999);
    assert.match(
      await (await fetch(`${address}/metrics`)).text(),
      /^riptide_crawls_active\{transport="http"\} 1$/m,
    );
    clock.tick(1);
    const { status, text } = await answer;
    assert.deepEqual([status, text], [408, '']);
    await held.givenUp('/never');
    assert.deepEqual(held.requested, ['/never']);
    assert.match(
      await (await fetch(`${address}/metrics`)).text(),
      /^riptide_crawls_active\{transport="http"\} 0$/m,
    );
  });

  it('POST /crawl answers 408 when the request itself takes so long', async () => {
    const endless = request(`${address}/crawl`, {
      method: 'POST',
      // The server's word to go on tells that it has the head and waits for the body.
      headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
      agent: false,
    });
    endless.flushHeaders();
    await once(endless, 'continue');
    endless.write('{"urls":');
    clock.tick(30_000);
    const [response] = (await once(endless, 'response')) as [IncomingMessage];
    assert.deepEqual([response.statusCode, await textOf(response)], [408, '']);
    endless.destroy();
  });

  it('SSE sends a comment after each 30 s without an event', async () => {
    const response = await openPost(`${address}/crawl/sse`, { urls: [held.url('/a'), held.url('/b')] });
    const parts = partsOf(response, '\n\n');
    const next = async (): Promise<string> => (await parts.next()).value as string;
    assert.match(await next(), /^event: metadata\n/);
    await held.asked('/a');
    clock.tick(30_000);
    assert.match(await next(), /^: /);
    clock.tick(29_999);
    await held.release('/a');
    assert.match(await next(), /^event: progress\n/);
    assert.match(await next(), /^event: result\n/);
    clock.tick(29_999);
    clock.tick(1);
    assert.match(await next(), /^: /);
    await held.release('/b');
    assert.match(await next(), /^event: progress\n/);
    assert.match(await next(), /^event: result\n/);
    assert.match(await next(), /^event: complete\n/);
    assert.equal((await parts.next()).done, true);
    assert.equal(clock.countTimers(), 0);
  });

  it('NDJSON, whose every line is read, keeps quiet', async () => {
    const response = await openPost(`${address}/crawl/stream`, { urls: [held.url('/a')] });
    const lines = partsOf(response, '\n');
    await lines.next();
    await held.asked('/a');
    clock.tick(300_000);
    await held.release('/a');
    assert.match((await lines.next()).value as string, /^\{"index":0,/);
    assert.match((await lines.next()).value as string, /"successful":1/);
  });
});
