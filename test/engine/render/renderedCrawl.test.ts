import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultFetchSettings, type FetchSettings } from '../../../src/engine/fetchSettings';
import type { EngineReady } from '../../../src/engine/readyLine';
import type { CrawlOptions, CrawlResult, Validators } from '../../../src/protocol/messages';
import { buildEngine } from '../../support/builtEngine';
import { runnableBrowser } from '../../support/runnableBrowser';

const shell = `<title>Shop</title><div id="root"></div><script>
document.getElementById('root').innerHTML = '<main><h1>Kettles</h1><p>' + 'All our kettles whistle when they boil. '.repeat(20) + '</p></main>';
</script>`;
const plain = `<title>Plain</title><main><p>${'A page that needs no script at all. '.repeat(20)}</p></main><script>
document.body.append('added by a script');</script>`;

describe('a crawl of pages that need a browser', function () {
  this.timeout(120_000);
  let site: Server;
  let siteUrl: string;
  let requests: string[];
  let engines: ChildProcess[];
  let browserPath: string;

  before(async () => {
    browserPath = await runnableBrowser();
  });
  beforeEach(async () => {
    requests = [];
    engines = [];
    site = createServer((request, response) => {
      requests.push(request.url ?? '');
      const isKnown = request.headers['if-none-match'] === '"1"';
      if (request.url === '/robots.txt') response.writeHead(404).end();
      else if (isKnown) response.writeHead(304, { ETag: '"1"' }).end();
      else
        response
          .writeHead(200, { 'Content-Type': 'text/html', ETag: '"1"' })
          .end(request.url === '/app' ? shell : plain);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const engine of engines) engine.kill('SIGKILL');
    site.close();
    site.closeAllConnections();
  });

  async function startEngine(more: Partial<FetchSettings>) {
    const engine = spawn(process.execPath, [await buildEngine(), '--child'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    engines.push(engine);
    const settings: FetchSettings = { ...defaultFetchSettings, browserPath, ...more };
    engine.stdin.write(`${JSON.stringify({ token: 'key', settings })}\n`);
    const [line] = (await once(createInterface({ input: engine.stdout }), 'line')) as [string];
    const { port } = JSON.parse(line) as EngineReady;
    const crawl = async (
      path: string,
      options: CrawlOptions = {},
      known: Validators | null = null,
    ): Promise<CrawlResult> => {
      const answer = await fetch(`http://127.0.0.1:${port}/crawl`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-API-Key': 'key' },
        body: JSON.stringify({ urls: [siteUrl + path], options, validators: [known] }),
      });
      const { results } = (await answer.json()) as { results: CrawlResult[] };
      return results[0]!;
    };
    return { engine, crawl };
  }

  /** Processes of the browser that an engine has started. */
  function browsersOf(engine: ChildProcess): string[] {
    const mark = `riptide-browser-${engine.pid}-`;
    return readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
  }

  it('fails and says so where rendering is off', async () => {
    const { crawl } = await startEngine({});
    const { document, error } = await crawl('/app');
    assert.deepEqual([document, error?.error_type, error?.retryable], [null, 'needs-javascript', false]);
    assert.equal((await crawl('/app', { render_mode: 'Dynamic' })).error?.error_type, 'rendering-failed');
    const raw = await crawl('/app', { skip_extraction: true });
    assert.equal(raw.document?.html, shell);
  });

  it('renders where needed, asking the site once, and only there', async () => {
    const { crawl, engine } = await startEngine({ renderPages: 'when-needed' });
    const plainResult = await crawl('/plain');
    assert.ok(!plainResult.document?.text.includes('added by a script'));
    if (process.platform === 'linux') assert.deepEqual(browsersOf(engine), []);
    const { document, error } = await crawl('/app');
    assert.equal(error, null);
    assert.match(document?.text ?? '', /All our kettles whistle/);
    assert.match(document?.parser_metadata?.extraction_path ?? '', /^browser > /);
    assert.deepEqual(
      requests.filter((url) => url === '/app'),
      ['/app'],
    );
    assert.equal((await crawl('/app', { render_mode: 'Static' })).error?.error_type, 'needs-javascript');
    const dynamic = await crawl('/plain', { render_mode: 'Dynamic' });
    assert.match(dynamic.document?.parser_metadata?.extraction_path ?? '', /^browser > /);
  });

  it('asks for what it renders as if it were new, since its scripts may load other things each time', async () => {
    const known = { etag: '"1"' };
    const whenNeeded = await startEngine({ renderPages: 'when-needed' });
    assert.equal((await whenNeeded.crawl('/app')).validators, undefined);
    assert.deepEqual((await whenNeeded.crawl('/plain')).validators, known);
    assert.equal((await whenNeeded.crawl('/plain', {}, known)).status, 304);
    const dynamic = await whenNeeded.crawl('/plain', { render_mode: 'Dynamic' }, known);
    assert.deepEqual([dynamic.status, dynamic.validators], [200, undefined]);
    const always = await startEngine({ renderPages: 'always' });
    assert.equal((await always.crawl('/plain', {}, known)).status, 200);
    assert.equal((await always.crawl('/plain', { render_mode: 'Static' }, known)).status, 304);
  });

  it('leaves no browser behind, however the engine ends', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const end of ['SIGKILL', 'SIGTERM', 'input'] as const) {
      const { crawl, engine } = await startEngine({ renderPages: 'always' });
      await crawl('/app');
      assert.ok(browsersOf(engine).length > 0);
      if (end === 'input') engine.stdin.end();
      else engine.kill(end);
      for (let tries = 0; browsersOf(engine).length > 0; tries++) {
        assert.ok(tries < 100, `the browser outlived an engine that ended by ${end}`);
        await delay(50);
      }
    }
  });
});
