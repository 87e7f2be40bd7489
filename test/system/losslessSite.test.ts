import assert from 'node:assert/strict';
import { RipTideClient } from '../../src/client/ripTideClient';
import type { SiteOptions } from '../../src/protocol/messages';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { FaultProxy } from '../support/faultProxy';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { seededRandom } from '../support/seededRandom';
import { wholeHost } from '../support/siteOptions';

/** As of the test of lists. */
const seed = Number(process.env.RIPTIDE_FAULT_SEED ?? 1);
const crawlCount = Math.ceil(Number(process.env.RIPTIDE_FAULT_CRAWLS ?? 10) / 5);

const options: SiteOptions = { ...wholeHost, max_depth: 1, max_pages: 1000, max_duration_ms: 600_000 };

/** Crawls through the faults that the number decides; returns the path and the outcome of each page. */
async function crawlThroughFaults(
  number: number,
  engine: BuiltEngine,
  seeds: string[],
): Promise<{ outcomes: Map<string, string>; struck: readonly string[] }> {
  const random = seededRandom(seed * 1_000_003 + number);
  const port = Number(new URL(engine.address).port);
  const proxy = await FaultProxy.start({ port: () => port, random, rangeBytes: seeds.length * 5000 });
  const client = new RipTideClient({
    address: proxy.address,
    connectTimeoutMs: 1000,
    welcomeTimeoutMs: 1000,
    responseTimeoutMs: 1000,
    idleTimeoutMs: 1000,
    maxRetries: 12,
    random: () => 0.1 + random() * 0.1,
  });
  const urls = new Map(seeds.entries());
  const outcomes = new Map<string, string>();
  const settle = (index: number, outcome: string): void => {
    const { pathname } = new URL(urls.get(index) ?? '');
    assert.ok(!outcomes.has(pathname), `a second outcome of ${pathname}`);
    outcomes.set(pathname, outcome);
  };
  const crawl = client.crawlSite(seeds, options);
  for await (const event of crawl) {
    if (event.message_type === 'found') {
      for (const { index, url, skipped } of event.data.pages) {
        urls.set(index, url);
        if (skipped) settle(index, skipped.rule);
      }
    } else if (event.message_type === 'result') {
      assert.equal(event.data.result.url, urls.get(event.data.index));
      settle(event.data.index, event.data.result.error?.error_type ?? 'succeeded');
    }
  }
  assert.equal(crawl.counts.outstanding, 0);
  await client.close();
  await proxy.stop();
  return { outcomes, struck: proxy.struck };
}

describe('a site crawl over a bad network', function () {
  this.timeout(60_000 + crawlCount * 10_000);
  let engine: BuiltEngine;
  let site: LocalSite;

  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(async () => {
    await Promise.all([engine.stop(), site.close()]);
  });

  it(`has one outcome for each page (seed ${seed}, ${crawlCount} crawls)`, async () => {
    // Every other page; those between are found.
    const seeds = site.pageUrls(80).filter((_, at) => at % 2 === 0);
    const paths = site.pageUrls(80).map((url) => new URL(url).pathname);
    const numbers = [...Array(crawlCount).keys()];
    const crawls = await Promise.all(numbers.map((number) => crawlThroughFaults(number, engine, seeds)));
    for (const { outcomes } of crawls) {
      const succeeded = paths.filter((path) => outcomes.get(path) === 'succeeded');
      assert.deepEqual(succeeded, paths);
      outcomes.delete('/guide/81');
      assert.equal(outcomes.size, paths.length);
    }
    const struck = crawls.flatMap((each) => each.struck);
    console.log(`      ${struck.length} faults of ${new Set(struck).size} kinds`);
    assert.ok(struck.length >= crawlCount / 2, 'the network was not bad');
  });
});
