import assert from 'node:assert/strict';
import type { CrawlResult } from '../../../src/protocol/messages';
import { startEngine, type BuiltEngine } from '../../support/builtEngine';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { HeldSite } from './heldSite';
import { post } from './post';

interface CrawlAnswer {
  total_urls: number;
  successful: number;
  failed: number;
  from_cache: number;
  results: CrawlResult[];
  statistics: Record<string, unknown>;
}

describe('POST /crawl', () => {
  let engine: BuiltEngine;
  let site: LocalSite;
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(() => Promise.all([engine.stop(), site.close()]));

  for (const path of ['/crawl', '/api/v1/crawl']) {
    it(`${path} answers with totals, results and statistics`, async () => {
      const urls = [...site.pageUrls(2), site.missingUrl, site.pageUrls(1)[0]!];
      const { status, headers, text } = await post(`${engine.address}${path}`, { urls });
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['access-control-allow-origin'], undefined);
      const { results, statistics, ...totals } = JSON.parse(text) as CrawlAnswer;
      assert.deepEqual(totals, { total_urls: 4, successful: 3, failed: 1, from_cache: 0 });
      assert.deepEqual(
        results.map(({ url, status: pageStatus }) => [url, pageStatus]),
        urls.map((url) => [url, url === site.missingUrl ? 404 : 200]),
      );
      assert.equal(results[2]?.error?.error_type, 'http-404');
      const { total_processing_time_ms, avg_processing_time_ms, ...rest } = statistics;
      assert.ok(Number.isSafeInteger(total_processing_time_ms));
      const spentMs = [0, 1, 3].reduce((sum, index) => sum + results[index]!.processing_time_ms, 0);
      assert.equal(avg_processing_time_ms, spentMs / 3);
      assert.deepEqual(rest, {
        gate_decisions: { raw: 3, probes_first: 0, headless: 0, cached: 0 },
        cache_hit_rate: 0,
      });
    });
  }

  it('keeps the order of the request, whatever the order in which pages come', async () => {
    const held = new HeldSite();
    await held.listen();
    const paths = ['/a', '/b', '/c', '/d'];
    const answer = post(`${engine.address}/crawl`, { urls: paths.map((path) => held.url(path)) });
    for (const path of paths.toReversed()) await held.release(path);
    const { results } = JSON.parse((await answer).text) as CrawlAnswer;
    assert.deepEqual(
      results.map(({ document }) => document?.url),
      paths.map((path) => held.url(path)),
    );
    await held.close();
  });

  it('reaches no private address where the client says that nobody has typed the URLs', async () => {
    const held = new HeldSite();
    await held.listen();
    const urls = [held.url('/a'), 'http://127.1/', 'http://[::ffff:7f00:1]/', 'http://dev.localhost/'];
    const { text } = await post(`${engine.address}/crawl`, { urls, options: { public_only: true } });
    const { results } = JSON.parse(text) as CrawlAnswer;
    assert.deepEqual(
      results.map(({ error }) => error?.error_type),
      urls.map(() => 'blocked-address'),
    );
    assert.deepEqual(held.requested, []);
    await held.close();
  });

  it('answers with no average where no page succeeded', async () => {
    const { text } = await post(`${engine.address}/crawl`, { urls: [site.missingUrl] });
    const { statistics, failed } = JSON.parse(text) as CrawlAnswer;
    assert.equal(failed, 1);
    assert.equal(statistics.avg_processing_time_ms, 0);
  });
});
