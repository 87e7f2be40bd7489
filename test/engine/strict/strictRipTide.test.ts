import assert from 'node:assert/strict';
import { ClientError } from '../../../src/client/clientError';
import type { CrawlTransport } from '../../../src/client/crawlConnection';
import type { CrawlEvent } from '../../../src/client/crawlEvent';
import { RipTideClient } from '../../../src/client/ripTideClient';
import { readCommandLine, usage } from '../../../src/engine/commandLine';
import { allFaults, readFaults, type Fault } from '../../../src/engine/strict/faults';
import { StrictRipTide } from '../../../src/engine/strict/strictRipTide';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { resolveTo } from '../fetch/servers';
import { startOwnServer, type OwnServer } from '../server/ownServer';
import { Wire } from '../server/wire';

describe('a strict RipTide', function () {
  this.timeout(30_000);
  let site: LocalSite;
  let server: OwnServer | undefined;
  let client: RipTideClient | undefined;

  before(async () => {
    site = await startLocalSite();
  });
  after(() => site.close());
  afterEach(async () => {
    await client?.close();
    await server?.close();
    client = undefined;
    server = undefined;
  });

  async function serve(...names: Fault[]): Promise<string> {
    const strict = new StrictRipTide(new Set(names));
    const settings = { delayMs: 0, perHost: 16, concurrency: 16 };
    server = await startOwnServer({ strict }, settings, resolveTo({ 'site.example': ['127.0.0.1'] }));
    return server.address;
  }

  /** By a name, since a 1.0 server takes no loopback address. */
  function urls(count: number): string[] {
    return site.pageUrls(count).map((url) => url.replace('127.0.0.1', 'site.example'));
  }

  async function crawl(address: string, transport: CrawlTransport, count: number): Promise<void> {
    client = new RipTideClient({ address, transport, random: () => 0 });
    const events: CrawlEvent[] = [];
    const running = client.crawl(urls(count), null, { onEvent: (event) => events.push(event) });
    for await (const event of running) assert.ok(event);
    assert.deepEqual(running.counts, {
      asked: count,
      succeeded: count,
      failed: 0,
      skipped: 0,
      outstanding: 0,
    });
    const indexes = events.flatMap((event) => (event.message_type === 'result' ? [event.data.index] : []));
    assert.deepEqual(
      indexes.sort((one, other) => one - other),
      [...Array(count).keys()],
    );
  }

  /** That of an error body may be final, and the latch holds for minutes; both have tests of their own. */
  const crawlable = allFaults.filter((fault) => fault !== 'drop-latch' && fault !== 'error-bodies');
  const ofHttp: readonly Fault[] = ['stub-stream', 'refusal-500', 'empty-408', 'rate-limit'];
  for (const fault of crawlable) {
    const transports = ofHttp.includes(fault) ? (['ndjson', 'http'] as const) : (['websocket'] as const);
    for (const transport of transports) {
      if (fault === 'stub-stream' && transport === 'ndjson') continue;
      it(`with ${fault} loses no page of a client by ${transport}`, async () => {
        await crawl(await serve(fault), transport, 30);
      });
    }
  }

  it('with stub-stream leads a client to plain requests', async () => {
    const address = await serve('stub-stream');
    client = new RipTideClient({ address, transport: 'ndjson' });
    const reading = client.crawl(urls(2)).next();
    await assert.rejects(reading, (error) => error instanceof ClientError && error.reason === 'no-endpoint');
  });

  it('with error-bodies ends each crawl with all pages, or with a reason and the account', async () => {
    const address = await serve('error-bodies');
    const asking = new RipTideClient({ address, transport: 'http', random: () => 0, maxRetries: 1 });
    client = asking;
    for (let round = 0; round < 14; round += 1) {
      const running = asking.crawl(urls(1));
      try {
        for await (const event of running) assert.ok(event);
      } catch (error) {
        assert.ok(error instanceof ClientError, String(error));
      }
      const { asked, succeeded, failed, skipped, outstanding } = running.counts;
      assert.equal(succeeded + failed + skipped + outstanding, asked);
    }
  });

  it('announces nothing beyond 1.0', async () => {
    const wire = new Wire(await serve('silence'));
    assert.equal((await wire.next('welcome')).data.extensions, undefined);
    await wire.end();
  });

  it('is asked for by name', () => {
    const line = readCommandLine(['--strict-riptide=wedge,silence']);
    assert.ok(line.kind === 'serve');
    assert.deepEqual([...line.strict], ['wedge', 'silence']);
    assert.equal(readFaults('all').size, allFaults.length);
    const wrong = readCommandLine(['--strict-riptide=flood']);
    assert.ok(wrong.kind === 'wrong');
    assert.match(wrong.message, /no fault "flood"/);
    for (const fault of allFaults) assert.match(usage, new RegExp(`^  ${fault} +\\w`, 'm'));
  });
});
