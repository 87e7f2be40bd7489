import assert from 'node:assert/strict';
import { ListPlan } from '../../src/app/crawlPlan';
import { CrawlRun } from '../../src/app/crawlRun';
import type { Logger } from '../../src/base/logger';
import { encodeServerMessage } from '../../src/protocol/encode';
import { ClientBench } from '../support/clientBench';
import { pageOf } from '../support/fakeRipTide';
import { StoreFolder } from '../support/openStore';

const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

describe('CrawlRun', () => {
  const bench = new ClientBench();
  let folder: StoreFolder;

  beforeEach(async () => {
    folder = await StoreFolder.create();
  });
  afterEach(async () => {
    await bench.end();
    await folder.dispose();
  });

  it('ends a page whose result cannot be read as failed, once, and the others as they are', async () => {
    const urls = ['https://site.example/a', 'https://site.example/b?fail=1', 'https://site.example/c'];
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(urls.length);
        for (const [index, url] of urls.entries()) {
          const progress = { completed: index + 1, total: urls.length, success_rate: 1 };
          const text = encodeServerMessage('result', { index, result: pageOf(url), progress });
          // The second time as it should be, which comes too late.
          if (index === 0) peer.sendText(text.replace('"links":[]', '"links":{}'));
          peer.sendText(text);
        }
      },
    });
    const store = await folder.open();
    const crawl = await store.createCrawl({ id: 'a', title: 'a', server: 'fake', startedAtMs: 1, urls });
    const run = new CrawlRun({
      store,
      source: {
        name: 'fake',
        withClient: (_signal, work) => work(bench.client(server.address)),
      },
      crawl,
      plan: new ListPlan(urls.length, new Map(urls.entries()), {}),
      decideFailing: () => Promise.resolve('go-on'),
      logger,
      onProgress: silent,
    });
    const { state, counts } = await run.run();
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 3, succeeded: 1, failed: 2, skipped: 0, outstanding: 0 });
    assert.deepEqual(run.progress, { done: 3, total: 3 });
    const { pages } = await store.listPages({ crawlId: 'a', offset: 0, limit: 3 });
    const [first, second, third] = pages.map(({ outcome }) => outcome);
    assert.ok(first?.kind === 'failed');
    assert.equal(first.errorType, 'bad-result');
    assert.match(first.message, /data\.result\.document\.links must be a list of strings/);
    assert.ok(second?.kind === 'failed' && second.errorType === 'processing_error');
    assert.equal(third?.kind, 'succeeded');
  });
});
