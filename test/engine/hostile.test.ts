import assert from 'node:assert/strict';
import { RipTideClient } from '../../src/client/ripTideClient';
import { hostileAnswers, hugeRobots } from '../support/hostileSite';
import { TestNet } from './fetch/servers';
import { startOwnServer, type OwnServer } from './server/ownServer';

const timeoutMs = 3000;
/** For fetching, and then for reading what was fetched. */
const budgetMs = timeoutMs + 15_000 + 2000;

/** How each ends; `null` is a page. What is cut at the size limit may be too much to read in time as well. */
const endings: Readonly<Record<string, readonly (string | null)[]>> = {
  '/nested': [null],
  '/ten-megabytes': [null],
  '/entities': [null],
  '/nul-bytes': ['extraction-failed'],
  '/binary': ['extraction-failed'],
  '/attributes': [null],
  '/gzip-bomb': [null, 'extraction-timeout'],
  '/endless-body': [null, 'extraction-timeout'],
  '/slow': ['timeout'],
  '/redirects': ['too-many-redirects'],
  '/headers': ['bad-response'],
};

describe('a hostile answer', function () {
  this.timeout(60_000);
  const net = new TestNet();
  let engine: OwnServer;
  let client: RipTideClient;
  let origin: string;

  before(async () => {
    ({ origin } = await net.serve((request, response) => {
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      const answer = hostileAnswers[path];
      if (answer) answer(request, response);
      else
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>An ordinary page of the tide.</p>');
    }));
    engine = await startOwnServer({}, { timeoutMs, delayMs: 0, perHost: 4 });
    client = new RipTideClient({ address: engine.address });
  });
  after(async () => {
    await client.close();
    await engine.close();
    net.close();
  });

  async function outcomesOf(urls: string[]): Promise<(string | null)[]> {
    const outcomes: (string | null)[] = [];
    for await (const event of client.crawl(urls)) {
      if (event.message_type === 'result')
        outcomes[event.data.index] = event.data.result.error?.error_type ?? null;
    }
    return outcomes;
  }

  for (const path of Object.keys(hostileAnswers)) {
    it(`${path} ends in its time as it should, and the page beside it succeeds`, async () => {
      const startedAtMs = Date.now();
      const [hostile, ordinary] = await outcomesOf([`${origin}${path}`, `${origin}/ordinary`]);
      assert.ok(Date.now() - startedAtMs < budgetMs);
      assert.ok(hostile !== undefined && endings[path]?.includes(hostile), String(hostile));
      assert.equal(ordinary, null);
      assert.deepEqual(engine.logged, []);
    });
  }

  it('of 300 MB as robots.txt is read no further than its rules allow', async () => {
    let bytes = 0;
    const site = await net.serve((request, response) => {
      if (request.url === '/robots.txt') {
        hugeRobots(request, response);
        response.on('close', () => (bytes = response.socket?.bytesWritten ?? bytes));
      } else response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Behind the rules.</p>');
    }, true);
    assert.deepEqual(await outcomesOf([`${site.origin}/page`]), [null]);
    assert.ok(bytes < 50_000_000, `${bytes} bytes`);
  });
});
