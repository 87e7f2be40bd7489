import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import type {
  CrawlRequest,
  FoundPage,
  PageResult,
  ServerMessage,
  SiteRequest,
  Summary,
} from '../../../src/protocol/messages';
import { packPages, unpackPages } from '../../support/resumedPages';
import { TestNet } from '../fetch/servers';
import { startOwnServer, type OwnServer } from '../server/ownServer';
import { Wire } from '../server/wire';
import { startTrapSite, type TrapSite } from './trapSite';
import { wholeHost } from '../../support/siteOptions';

const anySite: SiteRequest = { ...wholeHost, resumed: null };

/** Where a crawl ended up. */
class Told {
  readonly results: PageResult[] = [];
  readonly found: FoundPage[] = [];
  summary: Summary | undefined;
  readonly order: string[] = [];
  /** By URL. */
  readonly memos = new Map<string, string>();

  constructor(private readonly asked: readonly string[]) {}

  add(message: ServerMessage): void {
    if (message.message_type === 'result') {
      this.results.push(message.data);
      this.order.push(`${message.data.index} ${message.data.result.url}`);
    } else if (message.message_type === 'found') {
      for (const { memo, ...page } of message.data.pages) {
        const { index, url, skipped } = page;
        if (memo !== undefined) this.memos.set(url, memo);
        // Told again for its memo alone.
        if (memo !== undefined && !skipped && this.isFound(url)) continue;
        this.found.push(page);
        this.order.push(`${index} ${url} ${skipped?.rule}`);
      }
    } else if (message.message_type === 'summary') {
      this.summary = message.data;
    }
  }

  private isFound(url: string): boolean {
    return this.asked.includes(url) || this.found.some((page) => page.url === url);
  }

  /** Paths of the pages delivered. */
  get paths(): string[] {
    return this.results.map(({ result }) => pathOf(result.url));
  }

  /** Rule by path. */
  get skipped(): Record<string, string> {
    return Object.fromEntries(
      this.found.flatMap(({ url, skipped }) => (skipped ? [[pathOf(url), skipped.rule]] : [])),
    );
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Pages by path: what they link to, or all of their HTML. */
type Pages = Record<string, string[] | string>;

function serving(pages: Pages, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    const page = pages[request.url ?? ''];
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', request.url === '/robots.txt' ? 'text/plain' : 'text/html');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(typeof page === 'string' ? page : htmlOf(request.url ?? '', page));
  };
}

function htmlOf(name: string, links: readonly string[], head = ''): string {
  const anchors = links.map((link) => (link.startsWith('<') ? link : `<a href="${link}">to ${link}</a>`));
  return `<!doctype html><title>${name}</title>${head}<main><h1>${name}</h1><p>All there is to say of ${name} is
    said on this page, at a length that no other page will have in just these words.</p></main>${anchors.join(' ')}`;
}

describe('a site crawl of the engine', () => {
  const net = new TestNet();
  const sites: TrapSite[] = [];
  let server: OwnServer;

  beforeEach(async () => {
    server = await startOwnServer({}, { delayMs: 0 });
  });
  afterEach(async () => {
    net.close();
    await Promise.all(sites.splice(0).map((site) => site.close()));
    await server.close();
    assert.deepEqual(server.logged, []);
  });

  async function crawl(request: CrawlRequest, onTold = (_told: Told): void => undefined): Promise<Told> {
    const wire = await Wire.open(server.address);
    wire.send({ request_type: 'crawl', request_id: 'site', data: request });
    const { resumed } = request.site ?? {};
    const told = new Told(resumed ? unpackPages(resumed.pages).map(({ url }) => url) : request.urls);
    while (!told.summary) {
      const message = await wire.any();
      assert.notEqual(message.message_type, 'error', JSON.stringify(message));
      told.add(message);
      onTold(told);
    }
    await wire.end();
    return told;
  }

  async function crawlPages(pages: Pages, site: Partial<SiteRequest> = {}, seeds = ['/']): Promise<Told> {
    const { origin } = await net.serve(serving(pages), true);
    return crawl({ urls: seeds.map((path) => origin + path), site: { ...anySite, ...site } });
  }

  it('is announced in the welcome', async () => {
    const wire = new Wire(server.address);
    assert.ok((await wire.next('welcome')).data.extensions?.includes('site-crawls'));
    await wire.end();
  });

  it('brings exactly the pages of a site full of traps, twice the same', async () => {
    const orders: string[][] = [];
    const site = await startTrapSite();
    sites.push(site);
    for (let turn = 0; turn < 2; turn++) {
      const told = await crawl({ urls: [`${site.origin}/`], site: anySite });
      const urls = told.results.map(({ result }) => result.url);
      assert.deepEqual(new Set(urls), site.expected);
      assert.equal(urls.length, 1_000);
      assert.ok(told.results.every(({ result }) => result.error === null));
      assert.equal(told.skipped['/mirror/article/3'], 'duplicate-content');
      assert.equal(told.skipped['/printed/7'], 'canonical');
      assert.equal(told.skipped['/grow/more/more/more/'], 'trap');
      assert.equal(told.skipped['/calendar/2027/11'], 'trap');
      assert.equal(told.skipped['/private/secrets'], 'robots');
      assert.equal(told.skipped['/logo.png'], 'not-a-page');
      assert.equal(told.summary?.total_urls, 1_000);
      assert.equal(told.summary.successful, 1_000);
      orders.push(told.order);
    }
    assert.deepEqual(orders[0], orders[1]);
  }).timeout(60_000);

  it('numbers what it finds without gaps, and tells a page before its result', async () => {
    const told = await crawlPages({ '/': ['/a', '/b'], '/a': ['/b', '/c'], '/b': [], '/c': [] });
    assert.deepEqual(
      told.order.map((line) => line.replace(/http:\/\/[^/]+/, '')),
      ['1 /a undefined', '2 /b undefined', '0 /', '3 /c undefined', '1 /a', '2 /b', '3 /c'],
    );
    assert.deepEqual(
      told.found.map(({ depth }) => depth),
      [1, 1, 2],
    );
  });

  it('goes no deeper than asked', async () => {
    const told = await crawlPages({ '/': ['/a'], '/a': ['/a/b'], '/a/b': ['/c'] }, { max_depth: 1 });
    assert.deepEqual(told.paths, ['/', '/a']);
    assert.deepEqual(told.skipped, { '/a/b': 'depth' });
  });

  it('asks for not one page more than the limit', async () => {
    const requested: string[] = [];
    const links = Array.from({ length: 50 }, (_, number) => `/p${number}`);
    const pages = serving(Object.fromEntries([['/', links], ...links.map((link) => [link, []])]) as Pages);
    const { origin } = await net.serve((request, response) => {
      requested.push(request.url ?? '');
      pages(request, response);
    });
    const told = await crawl({ urls: [`${origin}/`], site: { ...anySite, max_pages: 7 } });
    assert.deepEqual(requested.toSorted(), told.paths.toSorted());
    assert.equal(told.paths.length, 7);
    assert.deepEqual(new Set(Object.values(told.skipped)), new Set(['page-limit']));
    assert.equal(Object.keys(told.skipped).length, 44);
    assert.equal(told.summary?.total_urls, 7);
  });

  it('keeps to the scope and the patterns, and names the rule', async () => {
    const pages = {
      '/docs/': ['/docs/a', '/docs/old/b', '/blog', '/docs/c?x=1', '/docs/d.zip'],
      '/docs/a': [],
    };
    const told = await crawlPages(
      pages,
      { scope: 'path', exclude: ['**/old/**'], include: ['re:/docs/[a-z]+$'] },
      ['/docs/'],
    );
    assert.deepEqual(told.paths, ['/docs/', '/docs/a']);
    assert.deepEqual(told.skipped, {
      '/docs/old/b': 'exclude',
      '/blog': 'scope',
      '/docs/c?x=1': 'include',
      '/docs/d.zip': 'not-a-page',
    });
  });

  it('follows no link that is not to be followed, unless another page has it', async () => {
    const nofollow = (path: string): string => `<a rel="nofollow" href="${path}">no</a>`;
    const told = await crawlPages({
      '/': [nofollow('/a'), nofollow('/b'), '/c', '/meta'],
      '/b': [],
      '/c': ['/b'],
      '/meta': htmlOf('/meta', ['/d'], '<meta name="robots" content="nofollow">'),
    });
    assert.deepEqual(told.paths, ['/', '/c', '/meta', '/b']);
    assert.deepEqual(told.skipped, { '/a': 'nofollow', '/d': 'nofollow' });
  });

  it('goes on beside a page that takes its time', async () => {
    const others = Array.from({ length: 40 }, (_, at) => `/page-${at}`);
    const serve = serving({
      '/': ['/slow', ...others],
      '/slow': [],
      ...Object.fromEntries(others.map((path) => [path, []])),
    });
    const held: (() => void)[] = [];
    const { origin } = await net.serve((request, response) => {
      if (request.url === '/slow') held.push(() => serve(request, response));
      else serve(request, response);
    }, true);
    const told = await crawl({ urls: [`${origin}/`], site: anySite }, ({ results }) => {
      if (results.length > others.length) for (const answer of held.splice(0)) answer();
    });
    assert.deepEqual(told.paths, ['/', ...others, '/slow']);
  });

  it('obeys X-Robots-Tag', async () => {
    const { origin } = await net.serve(serving({ '/': ['/a'] }, { 'X-Robots-Tag': 'noindex, nofollow' }));
    const told = await crawl({ urls: [`${origin}/`], site: anySite });
    assert.deepEqual(told.paths, ['/']);
    assert.deepEqual(told.skipped, { '/a': 'nofollow' });
  });

  it('follows links into no private address but the seed’s own server', async () => {
    const other = await net.serve(serving({ '/': [] }));
    const told = await crawlPages(
      { '/': ['/a', `${other.origin}/`, 'http://169.254.169.254/latest'], '/a': [] },
      { scope: 'list', allowed_hosts: ['127.0.0.1', '169.254.169.254'] },
    );
    assert.deepEqual(told.paths, ['/', '/a']);
    assert.deepEqual(Object.values(told.skipped), ['private-address', 'private-address']);
    assert.equal(other.connections, 0);
  });

  it('has no private page at all where nobody has typed the seeds, not even by robots.txt or a sitemap', async () => {
    const site = await net.serve(serving({ '/': ['/a'], '/a': [] }));
    const urls = [`${site.origin}/`];
    const asWished: CrawlRequest[] = [
      { urls, site: { ...anySite, use_sitemaps: true, public_only: true } },
      { urls, site: { ...anySite, use_sitemaps: true }, options: { public_only: true } },
      { urls, site: { ...anySite, use_sitemaps: true, is_dry_run: true, public_only: true } },
      { urls, options: { use_spider: true, public_only: true } },
    ];
    for (const request of asWished) {
      const { results } = await crawl(request);
      const reasons = results.map(({ result }) => result.error?.error_type);
      assert.deepEqual(reasons, ['blocked-address']);
    }
    assert.equal(site.connections, 0);
  });

  it('leaves out redirects that lead out of scope, or to what it has', async () => {
    const other = await net.serve(serving({ '/': [] }));
    const pages = serving({ '/': ['/out', '/again', '/a'], '/a': [] });
    const { origin } = await net.serve((request, response) => {
      if (request.url === '/again') response.writeHead(302, { Location: '/a' }).end();
      else if (request.url === '/out') response.writeHead(302, { Location: `${other.origin}/` }).end();
      else pages(request, response);
    });
    const told = await crawl({ urls: [`${origin}/`], site: anySite });
    assert.deepEqual(told.paths, ['/', '/a']);
    assert.deepEqual(told.skipped, { '/out': 'private-address', '/again': 'duplicate-content' });
    assert.equal(other.connections, 0);
  });

  it('reads sitemaps: of robots.txt, indexes, compressed ones and lists', async () => {
    const files: Record<string, string | Buffer> = {};
    const pages = serving({ '/': [], '/a': [], '/b': [], '/c': [], '/d&e': [] });
    const { origin } = await net.serve((request, response) => {
      const file = files[request.url ?? ''];
      if (file === undefined) pages(request, response);
      else response.end(file);
    }, true);
    const url = (path: string): string =>
      `<url><loc>\n ${origin}${path} </loc><priority>0.9</priority></url>`;
    files['/robots.txt'] = `Sitemap: ${origin}/index.xml\nUser-agent: *\nDisallow: /c`;
    files['/index.xml'] =
      `<?xml version="1.0"?><sitemapindex xmlns="x"><sitemap><loc>${origin}/one.xml.gz</loc></sitemap>
      <sitemap><loc>${origin}/two.txt</loc></sitemap><sitemap><loc>${origin}/index.xml</loc></sitemap></sitemapindex>`;
    files['/one.xml.gz'] = gzipSync(
      `<urlset>${url('/a')}${url('/d&amp;e')}<url><loc>https://else.example/</loc></url>`,
    );
    files['/two.txt'] = `${origin}/b\r\n${origin}/c`;
    const told = await crawl({ urls: [`${origin}/`], site: { ...anySite, use_sitemaps: true } });
    assert.deepEqual(told.paths.toSorted(), ['/', '/a', '/b', '/d&e']);
    assert.deepEqual(told.skipped, { '/': 'scope', '/c': 'robots' });
    const foundOn = told.found.map(({ found_on }) => pathOf(found_on));
    assert.deepEqual(foundOn, [
      '/one.xml.gz',
      '/one.xml.gz',
      '/one.xml.gz',
      '/two.txt',
      '/two.txt',
      '/two.txt',
    ]);
  });

  it('tells in a dry run what it would do, and reads the seeds alone', async () => {
    const told = await crawlPages(
      { '/': ['/a', '/b', '/c', '/x.png'], '/robots.txt': 'User-agent: *\nDisallow: /a' },
      { is_dry_run: true, max_pages: 2 },
    );
    assert.deepEqual(told.paths, ['/']);
    assert.deepEqual(told.skipped, {
      '/a': 'robots',
      '/b': 'dry-run',
      '/c': 'page-limit',
      '/x.png': 'not-a-page',
    });
    assert.equal(told.found.length, 4);
  });

  it('is taken up again without a second look at what is known', async () => {
    const requested: string[] = [];
    const pages = serving({
      '/': ['/a', '/b'],
      '/a': ['/', '/c', '/d'],
      '/b': ['/c'],
      '/c': ['/d'],
      '/d': ['/e'],
    });
    const { origin } = await net.serve((request, response) => {
      requested.push(request.url ?? '');
      pages(request, response);
    });
    const told = await crawl({
      urls: [`${origin}/`],
      site: {
        ...anySite,
        max_depth: 3,
        max_pages: 5,
        resumed: {
          pages: packPages([
            { url: `${origin}/b`, state: { kind: 'outstanding', depth: 1 }, memo: '' },
            { url: `${origin}/c`, state: { kind: 'outstanding', depth: 2 }, memo: '' },
            { url: `${origin}/`, state: { kind: 'succeeded' }, memo: '' },
            { url: `${origin}/a`, state: { kind: 'succeeded' }, memo: '' },
          ]),
          outstanding: 2,
          pages_fetched: 2,
          elapsed_ms: 100,
        },
      },
    });
    assert.deepEqual(requested, ['/b', '/c', '/d']);
    assert.deepEqual(
      told.found.map(({ index, depth }) => [index, depth]),
      [
        [2, 3],
        [3, 4],
      ],
    );
    assert.deepEqual(told.skipped, { '/e': 'depth' });
  });

  it('serves clients of 1.0 that ask for a spider, with pages alone', async () => {
    const { origin } = await net.serve(
      serving({ '/': ['/a', '/x.png', '/b'], '/a': ['/c'], '/b': [], '/c': [] }),
    );
    const wire = await Wire.open(server.address);
    const options = { use_spider: true, spider_max_depth: 1 };
    wire.send({ request_type: 'crawl', data: { urls: [`${origin}/`], options } });
    const told = new Told([]);
    while (!told.summary) told.add(await wire.any());
    await wire.end();
    assert.deepEqual(told.found, []);
    assert.deepEqual(told.paths, ['/', '/a', '/b']);
    assert.deepEqual(
      told.results.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.equal(told.results.at(-1)?.progress.total, 3);
    assert.deepEqual(
      { ...told.summary, total_processing_time_ms: 0 },
      {
        total_urls: 3,
        successful: 3,
        failed: 0,
        total_processing_time_ms: 0,
      },
    );
  });

  for (const [what, site, named] of [
    ['a pattern that is none', { include: ['re:(a'] }, /re:\(a/],
    ['a look-ahead, which cannot be bounded', { exclude: ['re:(?=a)b'] }, /\(\?=a\)b/],
    [
      'counts within counts, which each URL would pay for',
      { include: ['re:([ab]*a[ab]{1,30}){30}x'] },
      /repeats/,
    ],
    ['a list of no hosts', { scope: 'list' as const }, /allowed_hosts/],
    ['a host that is none', { allowed_hosts: ['https://a.example/b'] }, /https:\/\/a\.example/],
    ['no pages', { max_pages: 0 }, /max_pages/],
  ] as const) {
    it(`is refused with ${what}, before anything is fetched`, async () => {
      const wire = await Wire.open(server.address);
      const data = { urls: ['http://127.0.0.1:1/'], site: { ...anySite, ...site } };
      wire.send({ request_type: 'crawl', request_id: 'bad', data });
      const error = await wire.next('error');
      assert.equal(error.data.error_type, 'validation_error');
      assert.match(error.data.message, named);
      await wire.end();
    });
  }
});
