import assert from 'node:assert/strict';
import type { LedgerCounts } from '../../src/client/ledger';
import { RipTideClient } from '../../src/client/ripTideClient';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { FaultProxy } from '../support/faultProxy';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { seededRandom } from '../support/seededRandom';

/** Set these to run more, or to run a failure again. */
const seed = Number(process.env.RIPTIDE_FAULT_SEED ?? 1);
const crawlCount = Number(process.env.RIPTIDE_FAULT_CRAWLS ?? 10);
const urlCount = Number(process.env.RIPTIDE_FAULT_URLS ?? 100);
const atOnce = 3;

/** An engine that can be killed and comes back on another port. */
class MortalEngine {
  private engine: BuiltEngine | undefined;
  private rebirth: Promise<void> | undefined;
  deaths = 0;

  get port(): number | undefined {
    return this.engine && Number(new URL(this.engine.address).port);
  }

  async start(): Promise<void> {
    this.engine = await startEngine();
  }

  kill(): void {
    this.rebirth ??= this.dieAndStart().finally(() => (this.rebirth = undefined));
  }

  async stop(): Promise<void> {
    await this.rebirth;
    await this.engine?.stop();
  }

  private async dieAndStart(): Promise<void> {
    const dying = this.engine;
    this.engine = undefined;
    this.deaths += 1;
    dying?.process.kill('SIGKILL');
    await this.start();
  }
}

interface Outcome {
  counts: LedgerCounts;
  indexes: number[];
  struck: readonly string[];
  reconnects: number;
  recovered: number;
}

/** What each unfinished crawl waits for, by its number; shown where the test fails. */
const waitingFor = new Map<number, () => string>();

/** One crawl through a proxy of its own, whose faults the number decides. */
async function crawlThroughFaults(number: number, engine: MortalEngine, site: LocalSite): Promise<Outcome> {
  const random = seededRandom(seed * 1_000_003 + number);
  const proxy = await FaultProxy.start({ port: () => engine.port, random, rangeBytes: urlCount * 2500 });
  const client = new RipTideClient({
    address: proxy.address,
    connectTimeoutMs: 1000,
    welcomeTimeoutMs: 1000,
    responseTimeoutMs: 1000,
    idleTimeoutMs: 1000,
    maxRetries: 12,
    random: () => 0.1 + random() * 0.1,
  });
  const pages = site.pageUrls(urlCount - 3);
  // A page that fails, a URL that no server takes, and one that repeats.
  const urls = [...pages.slice(0, 10), 'ftp://host.example/', site.missingUrl, pages[0]!, ...pages.slice(10)];
  const killAt = number % 5 === 3 ? Math.floor(random() * urlCount) : undefined;
  const indexes: number[] = [];
  const crawl = client.crawl(urls);
  waitingFor.set(number, () => `pages: ${JSON.stringify(crawl.counts)}, faults: ${proxy.struck.join()}`);
  for await (const event of crawl) {
    switch (event.message_type) {
      case 'result':
        assert.equal(event.data.result.url, urls[event.data.index]);
        indexes.push(event.data.index);
        break;
      case 'skipped':
      case 'undeliverable':
        indexes.push(event.data.index);
        break;
      default:
        continue;
    }
    if (indexes.length === killAt) engine.kill();
  }
  waitingFor.set(number, () => 'the client to close');
  await client.close();
  waitingFor.set(number, () => `the sockets to close, faults: ${proxy.struck.join()}`);
  const { reconnects, recoveredResults } = client.metrics;
  await proxy.stop();
  waitingFor.delete(number);
  return {
    counts: crawl.counts,
    indexes,
    struck: proxy.struck,
    reconnects,
    recovered: recoveredResults,
  };
}

describe('a crawl over a bad network', function () {
  this.timeout(60_000 + crawlCount * 10_000);
  const engine = new MortalEngine();
  const rejections: unknown[] = [];
  const noteRejection = (reason: unknown): void => void rejections.push(reason);
  let site: LocalSite;

  before(async () => {
    process.on('unhandledRejection', noteRejection);
    site = await startLocalSite();
    await engine.start();
  });
  afterEach(() => {
    for (const [number, what] of waitingFor) console.log(`      crawl ${number} waits for ${what()}`);
  });
  after(async () => {
    process.off('unhandledRejection', noteRejection);
    await engine.stop();
    await site.close();
  });

  it(`has one outcome for each URL, whatever happens (seed ${seed}, ${crawlCount} crawls)`, async () => {
    const held = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    // The runner starts a timer of its own once this test waits.
    await new Promise((resolve) => setImmediate(resolve));
    const timersBefore = held();
    const outcomes: Outcome[] = [];
    const numbers = Array.from({ length: crawlCount }, (_, number) => number);
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
          const outcome = await crawlThroughFaults(number, engine, site);
          const { succeeded, failed, skipped } = outcome.counts;
          const label = `crawl ${number}: ${JSON.stringify(outcome.counts)}`;
          assert.equal(succeeded + failed + skipped, urlCount, label);
          assert.equal(skipped, 1, label);
          assert.equal(outcome.indexes.length, urlCount, label);
          assert.equal(new Set(outcome.indexes).size, urlCount, label);
          outcomes.push(outcome);
        }
      }),
    );
    const sum = (figure: (outcome: Outcome) => number): number =>
      outcomes.reduce((total, outcome) => total + figure(outcome), 0);
    const struck = outcomes.flatMap((outcome) => outcome.struck);
    console.log(
      `      ${struck.length} faults of ${new Set(struck).size} kinds, ${engine.deaths} engines killed, ` +
        `${sum((outcome) => outcome.reconnects)} reconnects, ${sum((outcome) => outcome.recovered)} results recovered, ` +
        `${sum((outcome) => outcome.counts.failed)} pages failed`,
    );
    assert.equal(outcomes.length, crawlCount);
    assert.ok(struck.length >= crawlCount / 2, 'the network was not bad');
    assert.deepEqual(rejections, []);
    assert.ok(held() <= timersBefore, `${held()} timers are left, ${timersBefore} there were`);
  });
});
