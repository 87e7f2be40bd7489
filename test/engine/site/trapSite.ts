import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const articleCount = 945;
const linksEach = 5;

export interface TrapSite {
  origin: string;
  /** Addresses of all that a reader would call a page. */
  expected: Set<string>;
  /** Paths asked for, in their order. */
  requested: string[];
  close(): Promise<void>;
}

/**
 * A site of 1,000 pages, and of endless others: a calendar, session ids, parameters in any order, mirrors, paths that
 * grow with each link, canonical addresses.
 */
export async function startTrapSite(): Promise<TrapSite> {
  const requested: string[] = [];
  let sessions = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/robots.txt') {
      response.end('User-agent: *\nDisallow: /private/\n');
      return;
    }
    if (path === '/sitemap.xml') {
      response.writeHead(404).end();
      return;
    }
    requested.push(path);
    const html = pageAt(path, () => ++sessions);
    // Their order of arrival must not count.
    setTimeout(
      () => {
        response.writeHead(html === null ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end(html ?? '<h1>Not found</h1>');
      },
      (sessions * 7) % 5,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const articles = Array.from({ length: articleCount }, (_, number) => `/article/${number}`);
  const lists = Array.from({ length: 39 }, (_, number) => `/list?b=up&a=${number}`);
  // Until the rules see through them.
  const months = Array.from({ length: 12 }, (_, at) => calendarPath(2026 * 12 + 10 + at));
  const growing = ['/grow/', '/grow/more/', '/grow/more/more/'];
  return {
    origin,
    expected: new Set(['/', ...articles, ...lists, ...months, ...growing].map((path) => origin + path)),
    requested,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function pageAt(path: string, nextSession: () => number): string | null {
  const { pathname, searchParams } = new URL(path, 'http://site');
  const [, kind = '', rest = ''] = /^\/([\w-]*)\/?(.*)$/.exec(pathname) ?? [];
  switch (kind) {
    case '':
      return page('Home', 'the front door', '', [
        '/article/0',
        ...links(0),
        `/list?b=up&a=0`,
        '/list?a=0&b=up#top',
        `/list?a=0&b=up&PHPSESSID=${nextSession()}`,
        '/index.html',
        '/mirror/article/3',
        '/grow/',
        calendarPath(2026 * 12 + 10),
        '/printed/7',
        '/private/secrets',
        '/logo.png',
        'http://127.0.0.1:1/admin',
      ]);
    case 'index.html':
      return pageAt('/', nextSession);
    case 'article': {
      const number = Number(rest);
      if (number >= articleCount) return null;
      const session = `?sid=${nextSession().toString(16).padStart(16, 'a0')}&utm_source=article`;
      return article(number, [...links(number).map((link) => link + session), `/article/${number}#comments`]);
    }
    case 'mirror':
      return pageAt(`/${rest}`, nextSession)?.replaceAll('href="/', 'href="/mirror/') ?? null;
    case 'list': {
      const number = Number(searchParams.get('a'));
      const next =
        number < 38 ? [`/list?b=up&a=${number + 1}`, `/list?a=${number + 1}&b=up&fbclid=x${number}`] : [];
      return page(`List ${number}`, `list number ${number}`, '', next);
    }
    case 'grow':
      return page('Growing', `a path of ${pathname.length}`, '', ['more/']);
    case 'calendar': {
      const [year = 0, month = 0] = rest.split('/').map(Number);
      const at = year * 12 + month - 1;
      return page(`Month ${rest}`, `the month ${rest}`, '', [calendarPath(at + 1)]);
    }
    case 'printed':
      return page('Printed', 'article 7, printed', '<link rel="canonical" href="/article/7">', [
        '/printed/8',
      ]);
    default:
      return null;
  }
}

function calendarPath(month: number): string {
  return `/calendar/${Math.floor(month / 12)}/${String((month % 12) + 1).padStart(2, '0')}`;
}

function links(number: number): string[] {
  return Array.from({ length: linksEach }, (_, at) => `/article/${number * linksEach + at + 1}`).filter(
    (link) => Number(link.slice(9)) < articleCount,
  );
}

function article(number: number, hrefs: readonly string[]): string {
  return page(
    `Article ${number}`,
    `article ${number}`,
    `<link rel="canonical" href="/article/${number}">`,
    hrefs,
  );
}

function page(title: string, what: string, head: string, hrefs: readonly string[]): string {
  const anchors = hrefs.map((href) => `<li><a href="${href}">${href.slice(0, 12)}</a></li>`).join('');
  return `<!doctype html><html><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1>
    <p>This is ${what}, written by hand, with enough to say that it can be told from all the others around it,
    since what is short says too little of itself for anybody to compare.</p></main><ul>${anchors}</ul></body></html>`;
}
