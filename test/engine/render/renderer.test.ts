import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { FetchedPage } from '../../../src/engine/fetch/fetchedPage';
import { Renderer } from '../../../src/engine/render/renderer';
import type { CrawlOptions } from '../../../src/protocol/messages';
import { runnableBrowser } from '../../support/runnableBrowser';

/** Tells which requests reached it. */
class RecordingServer {
  readonly requests: string[] = [];
  readonly cookies: (string | undefined)[] = [];
  connections = 0;
  private readonly server: Server;

  constructor(answer: (url: string) => { type: string; body: string }) {
    this.server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      this.cookies.push(request.headers.cookie);
      const { type, body } = answer(request.url ?? '');
      response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body);
    });
  }

  async listen(): Promise<string> {
    this.server.on('connection', () => (this.connections += 1));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('rendering in a browser', function () {
  this.timeout(120_000);
  let browserPath: string;
  let renderer: Renderer;
  let site: RecordingServer;
  let siteUrl: string;
  let neighbour: RecordingServer;
  let neighbourUrl: string;

  before(async () => {
    browserPath = await runnableBrowser();
  });
  beforeEach(async () => {
    site = new RecordingServer((url) =>
      url.startsWith('/data')
        ? { type: 'application/json', body: '{"words":"fetched by a script"}' }
        : { type: 'text/html', body: '<p>asked again' },
    );
    neighbour = new RecordingServer(() => ({ type: 'text/plain', body: 'secret' }));
    [siteUrl, neighbourUrl] = await Promise.all([site.listen(), neighbour.listen()]);
    renderer = new Renderer({ browserPath, userAgent: 'RipTide-Test', timeoutMs: 20_000 });
  });
  afterEach(() => {
    renderer.dispose();
    site.close();
    neighbour.close();
  });

  function render(
    html: string,
    options: CrawlOptions = {},
    more: Partial<FetchedPage> = {},
  ): Promise<string> {
    const page: FetchedPage = {
      url: `${siteUrl}/page`,
      status: 200,
      mediaType: 'text/html',
      charset: 'utf-8',
      body: new TextEncoder().encode(html),
      address: '127.0.0.1',
      isTruncated: false,
      isNofollow: false,
      cookies: '',
      validators: null,
      ...more,
    };
    return renderer.render(page, options, new AbortController().signal);
  }

  const filling = (script: string) => `<title>T</title><div id=root></div><script>${script}</script>`;
  const show = `const show = (words) => { document.getElementById('root').textContent = words };`;

  it('reads what scripts put into a page, and does not ask for the page again', async () => {
    const html = await render(
      filling(`${show} fetch('/data').then((r) => r.json()).then(({ words }) => show('ü: ' + words))`),
    );
    assert.ok(html.includes('<div id="root">ü: fetched by a script</div>'), html);
    assert.deepEqual(site.requests, ['/data']);
  });

  it('says who asks', async () => {
    assert.match(await render(filling(`${show} show(navigator.userAgent)`)), /Chrome\/[^<]* RipTide-Test</);
  });

  it('writes out open shadow roots', async () => {
    const script = `document.getElementById('root').attachShadow({ mode: 'open' }).innerHTML = '<p>in the shadow</p>'`;
    assert.match(await render(filling(script)), /<template shadowrootmode="open"[^>]*><p>in the shadow/);
  });

  it('waits for what it is told to wait for, and scrolls', async () => {
    const late = `setTimeout(() => { document.body.innerHTML += '<b id=late>late</b>' }, 3000)`;
    assert.match(await render(filling(late), { dynamic_wait_for: '#late' }), /<b id="late">late<\/b>/);
    const endless = `document.body.style.height = '20000px'; let n = 0;
      addEventListener('scroll', () => { document.getElementById('root').textContent = 'scrolled ' + ++n })`;
    assert.match(await render(filling(endless), { scroll_steps: 3 }), /scrolled [3-9]/);
  });

  it("asks the page's own server with the crawl's cookies, and shows its scripts none", async () => {
    const script = `${show} fetch('/data').then(() => show('seen: ' + document.cookie + '.'))`;
    const cookies = '__Host-over=tls; login=ann=1; seen=2; none';
    assert.match(await render(filling(script), {}, { cookies }), />seen: \.</);
    assert.deepEqual(site.cookies, ['login=ann=1; seen=2']);
    await render(filling(script));
    assert.equal(site.cookies.at(-1), undefined, 'the next page has a context of its own');
  });

  it("sends the headers of the page's own host with what it loads from there, and nowhere else", async () => {
    const seen: string[] = [];
    const proxy = createServer(({ url = '', headers }, response) => {
      seen.push(
        [url, ...['x-team', 'x-secret', 'cookie'].map((name) => headers[name])].map(String).join(' '),
      );
      const cors = { 'Access-Control-Allow-Origin': '*' };
      const moved = { ...cors, Location: 'http://other.example/moved' };
      if (url.endsWith('/moves')) response.writeHead(302, moved).end();
      else if (url.endsWith('/stays')) response.writeHead(302, { Location: '/stayed' }).end();
      else if (url.endsWith('/frame'))
        response.end(`<script>fetch('http://app.example/x', { mode: 'no-cors' })</script>`);
      else response.writeHead(200, cors).end('{}');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const team = { host: 'app.example', name: 'X-Team', value: 'tides', isSecret: false };
    renderer = new Renderer({
      browserPath,
      userAgent: 'RipTide-Test',
      timeoutMs: 20_000,
      resolve: () => Promise.resolve([{ address: '93.184.216.34', family: 4 }]),
      proxy: {
        url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        authorization: null,
        bypass: [],
        acceptsAnyCertificate: false,
      },
      headers: [
        team,
        { ...team, name: 'Cookie', value: 'login=ann' },
        { ...team, name: 'X-Secret', value: 'over TLS alone', isSecret: true },
        { ...team, host: 'other.example', value: 'of another' },
      ],
    });
    const script = `${show}
      const load = (url) => fetch(url).catch(() => undefined);
      const frame = document.createElement('iframe');
      frame.src = 'http://other.example/frame';
      document.body.append(frame);
      Promise.all([load('/data'), load('/moves'), load('/stays'), load('http://app.example:81/'),
        load('http://other.example/'), new Promise((loaded) => frame.onload = loaded)]).then(() => show('done'))`;
    const page = { url: 'http://app.example/page', address: null, cookies: 'login=ann' };
    assert.match(await render(filling(script), {}, page), />done</);
    proxy.close();
    proxy.closeAllConnections();
    const withoutFrame = seen.filter((line) => !line.startsWith('http://app.example/x '));
    assert.deepEqual(withoutFrame.sort(), [
      'http://app.example/data tides undefined login=ann',
      'http://app.example/moves tides undefined login=ann',
      'http://app.example/stayed tides undefined login=ann',
      'http://app.example/stays tides undefined login=ann',
      'http://app.example:81/ undefined undefined undefined',
      'http://other.example/ undefined undefined undefined',
      'http://other.example/frame undefined undefined undefined',
      'http://other.example/moved undefined undefined undefined',
    ]);
    assert.ok(seen.every((line) => !line.startsWith('http://app.example/x tides')));
  });

  it('lets a page reach its own private server alone', async () => {
    const tries = (url: string) =>
      `fetch('${url}', { mode: 'no-cors' }).then(() => show('reached'), () => show('blocked'));`;
    for (const url of [
      neighbourUrl,
      neighbourUrl.replace('127.0.0.1', 'localhost'),
      'http://169.254.169.254/',
    ]) {
      assert.match(await render(filling(show + tries(url))), />blocked</, url);
    }
    const others = `
      const socket = new WebSocket('${neighbourUrl.replace('http', 'ws')}');
      socket.onerror = () => show('blocked');
      const frame = document.createElement('iframe');
      frame.src = '${neighbourUrl}/frame';
      document.body.append(frame);
      new RTCPeerConnection({ iceServers: [{ urls: '${neighbourUrl.replace('http://', 'stun:')}' }] });`;
    assert.match(await render(filling(show + others)), />blocked</);
    assert.equal(neighbour.connections, 0);
    assert.match(await render(filling(show + tries('/data'))), />reached</);
  });

  it('lets a public page reach no private server, not even under its own name', async () => {
    const script = `${show} fetch('/data').then(() => show('reached'), () => show('blocked'))`;
    assert.match(await render(filling(script), {}, { address: '93.184.216.34' }), />blocked</);
    assert.deepEqual(site.requests, []);
  });

  it('is not led on to another page, opens no window and asks nothing', async () => {
    const html = await render(
      filling(`${show} alert('?'); open('${neighbourUrl}'); show('stayed'); location = '/other';`),
    );
    assert.match(html, />stayed</);
    assert.deepEqual([...site.requests, ...neighbour.requests], []);
  });

  it('keeps the pages of one crawl from each other', async () => {
    const script = `${show} const before = localStorage.seen ?? 'nobody'; localStorage.seen = 'me'; show(before)`;
    for (let turn = 0; turn < 2; turn++) assert.match(await render(filling(script)), />nobody</);
  });

  it('ends a page that never rests, and renders the next', async () => {
    renderer = new Renderer({ browserPath, userAgent: 'RipTide-Test', timeoutMs: 4_000 });
    await assert.rejects(render(filling('for (;;);')), { reason: 'rendering-failed', isRetryable: true });
    assert.match(await render(filling(`${show} show('next')`)), />next</);
  });

  it('ends a page that takes all memory, and renders the next', async () => {
    const greedy = 'const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));';
    await assert.rejects(render(filling(greedy)), { reason: 'rendering-failed' });
    assert.match(await render(filling(`${show} show('next')`)), />next</);
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    const page: FetchedPage = {
      url: siteUrl,
      status: 200,
      mediaType: 'text/html',
      charset: null,
      body: new TextEncoder().encode(filling(`fetch('/data').then(() => { for (;;); })`)),
      address: '127.0.0.1',
      isTruncated: false,
      isNofollow: false,
      cookies: '',
      validators: null,
    };
    const rendering = renderer.render(page, {}, controller.signal);
    setTimeout(() => controller.abort(), 500);
    await assert.rejects(rendering, { reason: 'cancelled' });
  });

  it('ends the browser when nobody needs it, and starts it again', async function () {
    if (process.platform !== 'linux') this.skip();
    renderer = new Renderer({ browserPath, userAgent: 'RipTide-Test', timeoutMs: 20_000, idleMs: 50 });
    const isRunning = (): boolean =>
      readdirSync(tmpdir()).some((name) => name.startsWith(`riptide-browser-${process.pid}-`));
    await render(filling(show));
    for (let tries = 0; isRunning(); tries++) {
      assert.ok(tries < 100, 'the browser goes on');
      await delay(50);
    }
    assert.match(await render(filling(`${show} show('again')`)), />again</);
  });

  it('says what to do where there is no browser', async () => {
    renderer = new Renderer({ browserPath: '/no/such/browser', userAgent: 'x', timeoutMs: 5_000 });
    await assert.rejects(render('<p>x'), (error: Error & { reason: string; isRetryable: boolean }) => {
      assert.equal(error.reason, 'rendering-failed');
      assert.match(error.message, /\/no\/such\/browser did not start/);
      return !error.isRetryable;
    });
  });
});
