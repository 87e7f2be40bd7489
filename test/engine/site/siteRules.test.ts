import assert from 'node:assert/strict';
import { dateStepsOf, Traps } from '../../../src/engine/site/traps';
import type { SiteRequest } from '../../../src/protocol/messages';
import type { ResumedPage } from '../../../src/protocol/resumedPages';
import { packPages } from '../../support/resumedPages';
import { crawlMadeUp, type MadeUpPage } from './madeUpWeb';

const home = 'https://example.org/';

function resumed(pages: ResumedPage[]): Pick<SiteRequest, 'resumed'> {
  const outstanding = pages.filter(({ state }) => state.kind === 'outstanding').length;
  return { resumed: { pages: packPages(pages), outstanding, pages_fetched: 1, elapsed_ms: 0 } };
}

describe('the rules of a site crawl', () => {
  describe('canonical pages', () => {
    it('are crawled in the place of those that name them', async () => {
      const { delivered, skipped, visited } = await crawlMadeUp(
        {
          [home]: { links: [`${home}printed`, `${home}other`, `${home}story`] },
          [`${home}printed`]: { canonical: `${home}story` },
          [`${home}story`]: { canonical: `${home}story` },
          [`${home}other`]: {},
        },
        [home],
      );
      assert.deepEqual(delivered, [home, `${home}other`, `${home}story`]);
      assert.deepEqual(skipped, { [`${home}printed`]: 'canonical' });
      assert.equal(visited.length, 4);
    });

    it('that cannot be had leave the content to the page that named them, with its links', async () => {
      const { delivered, skipped, visited } = await crawlMadeUp(
        {
          [home]: { links: [`${home}printed`, `${home}copy`] },
          [`${home}printed`]: { canonical: `${home}gone`, links: [`${home}next`] },
          [`${home}copy`]: { canonical: `${home}gone` },
          [`${home}next`]: {},
        },
        [home],
      );
      assert.deepEqual(delivered, [home, `${home}printed`, `${home}copy`, `${home}next`]);
      assert.deepEqual(skipped, {});
      assert.equal(visited.filter((url) => url === `${home}printed`).length, 1);
    });

    it('over the page limit leave the content to the page that named them', async () => {
      const { delivered, skipped } = await crawlMadeUp(
        {
          [home]: { links: [`${home}printed`] },
          [`${home}printed`]: { canonical: `${home}story` },
          [`${home}story`]: {},
        },
        [home],
        { max_pages: 2 },
      );
      assert.deepEqual(delivered, [home, `${home}printed`]);
      assert.deepEqual(skipped, {});
    });

    it('in a chain, of which the last is missing, are left for the one before it', async () => {
      const { delivered, skipped } = await crawlMadeUp(
        {
          [home]: { links: [`${home}a`] },
          [`${home}a`]: { canonical: `${home}b` },
          [`${home}b`]: { canonical: `${home}c` },
        },
        [home],
      );
      assert.deepEqual(delivered, [home, `${home}b`]);
      assert.deepEqual(skipped, { [`${home}a`]: 'canonical' });
    });

    it('in a chain without end are followed for five steps', async () => {
      const chain = Array.from({ length: 5_000 }, (_, at) => `${home}${at}`);
      const pages = chain.map((url, at): [string, MadeUpPage] => [url, { canonical: `${home}${at + 1}` }]);
      const { delivered, skipped } = await crawlMadeUp(
        { ...Object.fromEntries(pages), [home]: { links: chain.slice(0, 1) } },
        [home],
      );
      assert.deepEqual(delivered, [home, `${home}5`]);
      assert.deepEqual(skipped, Object.fromEntries(chain.slice(0, 5).map((url) => [url, 'canonical'])));
    });
  });

  describe('a seed that leads elsewhere', () => {
    const pages = {
      'http://example.org/': {
        leadsTo: 'https://docs.example.com/en/',
        links: ['https://docs.example.com/en/a', 'http://example.org/b', 'https://example.net/'],
      },
      'https://docs.example.com/en/a': {},
      'https://docs.example.com/en/mapped': {},
      'http://example.org/b': { leadsTo: 'https://example.net/' },
    };

    it('widens the scope to where it leads', async () => {
      const { delivered, skipped } = await crawlMadeUp(pages, ['http://example.org/']);
      assert.deepEqual(delivered, ['http://example.org/', 'https://docs.example.com/en/a']);
      assert.deepEqual(skipped, { 'https://example.net/': 'scope', 'http://example.org/b': 'scope' });
    });

    it('has the sitemaps of both read', async () => {
      const map = 'https://docs.example.com/en/mapped';
      const { delivered } = await crawlMadeUp(
        pages,
        ['http://example.org/'],
        { use_sitemaps: true },
        { 'https://docs.example.com/sitemap.xml': map },
      );
      assert.deepEqual(delivered, ['http://example.org/', map, 'https://docs.example.com/en/a']);
    });

    it('leads to no private address', async () => {
      const { delivered, skipped } = await crawlMadeUp(
        { [home]: { leadsTo: 'https://10.0.0.1/', links: ['https://10.0.0.1/a'] }, 'https://10.0.0.1/a': {} },
        [home],
      );
      assert.deepEqual(delivered, [home]);
      assert.deepEqual(skipped, { 'https://10.0.0.1/a': 'private-address' });
    });

    it('does so also when the crawl is resumed', async () => {
      const seed = 'http://example.org/';
      const { memos } = await crawlMadeUp(pages, [seed]);
      const a = 'https://docs.example.com/en/a';
      const { delivered, skipped } = await crawlMadeUp(
        { [a]: { links: ['https://docs.example.com/en/mapped'] }, 'https://docs.example.com/en/mapped': {} },
        [seed],
        resumed([
          { url: a, state: { kind: 'outstanding', depth: 1 }, memo: '' },
          { url: seed, state: { kind: 'succeeded' }, memo: memos.get(seed) ?? '' },
        ]),
      );
      assert.deepEqual(delivered, [a, 'https://docs.example.com/en/mapped']);
      assert.deepEqual(skipped, {});
    });
  });

  describe('a resumed crawl', () => {
    it('knows the content of the pages before', async () => {
      const { memos } = await crawlMadeUp({ [home]: { content: 'the same' } }, [home]);
      const { delivered, skipped } = await crawlMadeUp(
        { [`${home}a`]: { content: 'the same' }, [`${home}b`]: { content: 'another' } },
        [home],
        resumed([
          { url: `${home}a`, state: { kind: 'outstanding', depth: 1 }, memo: '' },
          { url: `${home}b`, state: { kind: 'outstanding', depth: 1 }, memo: '' },
          { url: home, state: { kind: 'succeeded' }, memo: memos.get(home) ?? '' },
        ]),
      );
      assert.deepEqual(delivered, [`${home}b`]);
      assert.deepEqual(skipped, { [`${home}a`]: 'duplicate-content' });
    });

    it('crawls a page again of which only the content was told', async () => {
      const { memos } = await crawlMadeUp({ [home]: {} }, [home]);
      const { delivered } = await crawlMadeUp(
        { [home]: {} },
        [home],
        resumed([{ url: home, state: { kind: 'outstanding', depth: 0 }, memo: memos.get(home) ?? '' }]),
      );
      assert.deepEqual(delivered, [home]);
    });

    it('knows its seeds, however they were typed', async () => {
      const seed = `${home}a b`;
      const { delivered, skipped } = await crawlMadeUp(
        { [`${home}a%20b`]: { canonical: `${home}other` } },
        [seed],
        resumed([{ url: seed, state: { kind: 'outstanding', depth: 0 }, memo: '' }]),
      );
      assert.deepEqual(delivered, [`${home}a%20b`]);
      assert.deepEqual(skipped, {});
    });

    it('does what it can with damaged memories', async () => {
      const whole = packPages([
        { url: `${home}a`, state: { kind: 'outstanding', depth: 1 }, memo: 'd-1 cXY t:// x' },
        { url: 'no URL', state: { kind: 'outstanding', depth: 1 }, memo: '' },
        ...Array.from({ length: 1_000 }, (_, at): ResumedPage => {
          return { url: `${home}${at * 7_919}`, state: { kind: 'succeeded' }, memo: 'c0123456789abcdef' };
        }),
      ]);
      for (const pages of [whole, whole.slice(0, 1_000), '', 'none']) {
        const rest = { pages, outstanding: 2, pages_fetched: 1, elapsed_ms: 0 };
        const { delivered } = await crawlMadeUp({ [`${home}a`]: {} }, [home], { resumed: rest });
        assert.deepEqual(delivered, pages.length < 1_000 ? [] : [`${home}a`]);
      }
    });

    it('knows how far it has followed a calendar', async () => {
      const month = (at: number): string => `${home}${2000 + Math.floor(at / 12)}/${(at % 12) + 1}`;
      const calendar: Record<string, MadeUpPage> = { [home]: { links: [month(0)] } };
      for (let at = 0; at < 40; at++) calendar[month(at)] = { links: [month(at + 1)] };
      const whole = await crawlMadeUp(calendar, [home]);
      assert.equal(whole.delivered.length, 13);
      const half = await crawlMadeUp(calendar, [home], { max_pages: 8 });
      assert.equal(half.skipped[month(7)], 'page-limit');
      const rest = await crawlMadeUp(
        calendar,
        [home],
        resumed([
          { url: month(7), state: { kind: 'outstanding', depth: 8 }, memo: half.memos.get(month(7)) ?? '' },
          ...half.delivered.map((url) => ({ url, state: { kind: 'succeeded' as const }, memo: '' })),
        ]),
      );
      assert.deepEqual([...half.delivered, ...rest.delivered], whole.delivered);
      assert.deepEqual(rest.skipped, { [month(12)]: 'trap' });
    });

    it('knows how many queries of a path it has asked for', async () => {
      const query = (at: number): string => `${home}list?a=${at}&b=1&c=2`;
      const known = Array.from({ length: 99 }, (_, at): ResumedPage => {
        return { url: query(at), state: { kind: 'succeeded' }, memo: '' };
      });
      const { delivered, skipped } = await crawlMadeUp(
        { [home]: { links: [query(200), query(201)] }, [query(200)]: {}, [query(201)]: {} },
        [home],
        resumed([{ url: home, state: { kind: 'outstanding', depth: 0 }, memo: '' }, ...known]),
      );
      assert.deepEqual(delivered, [home, query(200)]);
      assert.deepEqual(skipped, { [query(201)]: 'trap' });
    });
  });

  describe('the order', () => {
    const links = ['old/deep/in/here', 'list?page=2', 'guide', 'guide/one'].map((path) => home + path);
    const pages = {
      [home]: { links },
      ...Object.fromEntries(links.map((link) => [link, {}])),
      [`${home}guide`]: { links: [`${home}guide/two`] },
      [`${home}guide/two`]: {},
    };

    it('is that in which pages were found, nearest to the seed first', async () => {
      const { visited } = await crawlMadeUp(pages, [home]);
      assert.deepEqual(visited, [home, ...links, `${home}guide/two`]);
    });

    it('is by what an address promises, best first', async () => {
      const { visited } = await crawlMadeUp(pages, [home], { strategy: 'best-first' });
      const [deep, query, guide, one] = links;
      assert.deepEqual(visited, [home, guide, one, query, deep, `${home}guide/two`]);
    });

    it('heeds what a sitemap puts first', async () => {
      const entry = (path: string, priority: number): string =>
        `<url><loc>${home}${path}</loc><priority>${priority}</priority></url>`;
      const { visited } = await crawlMadeUp(
        { [home]: {}, [`${home}a`]: {}, [`${home}b`]: {}, [`${home}c/d`]: {} },
        [home],
        { strategy: 'best-first', use_sitemaps: true },
        {
          [`${home}sitemap.xml`]: `<urlset>${entry('a', 0.1)}${entry('b', 0.4)}${entry('c/d', 0.9)}</urlset>`,
        },
      );
      assert.deepEqual(visited, [home, `${home}c/d`, `${home}b`, `${home}a`]);
    });
  });

  describe('depth', () => {
    const inner = `${home}inner`;
    const outside = 'https://example.net/';

    it('leaves out at once what is too deep, breadth first', async () => {
      const pages = {
        [home]: { links: [inner, `${home}last`] },
        [inner]: { links: [`${home}deep`] },
        [`${home}last`]: { links: [outside] },
      };
      const { found, skipped } = await crawlMadeUp(pages, [home], { max_depth: 1 });
      const left = found.filter((page) => page.skipped).map(({ url }) => url);
      assert.deepEqual(left, [`${home}deep`, outside]);
      assert.deepEqual(skipped, { [`${home}deep`]: 'depth', [outside]: 'scope' });
    });

    it('may turn out smaller, best first', async () => {
      const [second, folder, deep] = ['second', 'a/b/c/d', 'deep'].map((path) => home + path) as [
        string,
        string,
        string,
      ];
      // More than are under way at once.
      const others = Array.from({ length: 20 }, (_, at) => `${home}other/${at}`);
      const pages = {
        [home]: { links: [inner, ...others, folder] },
        [inner]: { links: [second] },
        [second]: { links: [deep, `${home}deeper`] },
        [folder]: { links: [deep] },
      };
      const { visited, skipped } = await crawlMadeUp(pages, [home], {
        max_depth: 2,
        strategy: 'best-first',
      });
      assert.deepEqual(visited.slice(-3), [second, folder, deep]);
      assert.deepEqual(skipped, { [`${home}deeper`]: 'depth' });
    });

    it('of so many is not waited for that they would fill the memory', async () => {
      const deep = Array.from({ length: 20_001 }, (_, at) => `${home}deep/${at}`);
      const pages = { [home]: { links: [inner] }, [inner]: { links: [...deep, outside] } };
      const { found } = await crawlMadeUp(pages, [home], { max_depth: 1, strategy: 'best-first' });
      const left = found.filter((page) => page.skipped).map(({ url }) => url);
      assert.deepEqual(left, [deep[0], outside, ...deep.slice(1)]);
    });
  });

  it('leave out at once the last of far more pages than the limit lets have their turn', async () => {
    const links = Array.from({ length: 250_010 }, (_, at) => `${home}${at}`);
    const { found, visited, skipped } = await crawlMadeUp({ [home]: { links } }, [home], { max_pages: 2 });
    assert.deepEqual(visited, [home, links[0]]);
    const left = found.filter((page) => page.skipped).map(({ url }) => url);
    assert.deepEqual([left.length, new Set(left).size], [250_009, 250_009]);
    assert.deepEqual(left.slice(0, 10), [...links.slice(-9).reverse(), links[1]]);
    assert.deepEqual(new Set(Object.values(skipped)), new Set(['page-limit']));
  });

  it('end the crawl when its time is over, and say what is left', async () => {
    const pages = { [home]: { links: [`${home}slow`, `${home}x`] }, [`${home}slow`]: { isSlow: true } };
    const { delivered, skipped } = await crawlMadeUp(pages, [home], { max_duration_ms: 1 });
    assert.deepEqual(delivered, [home]);
    assert.equal(skipped[`${home}slow`], 'time-limit');
  });

  describe('the scope', () => {
    it('of a domain has all hosts below what somebody can register', async () => {
      const seed = 'https://www.example.co.uk/';
      const inside = ['https://docs.example.co.uk/', 'http://example.co.uk/a', 'https://a.b.example.co.uk/'];
      const outside = ['https://other.co.uk/', 'https://example.com/', 'https://notexample.co.uk/'];
      const pages = { [seed]: { links: [...inside, ...outside] } };
      const { skipped, visited } = await crawlMadeUp(pages, [seed], { scope: 'domain' });
      assert.deepEqual(visited, [seed, ...inside]);
      assert.deepEqual(skipped, Object.fromEntries(outside.map((url) => [url, 'scope'])));
    });

    it('of a domain keeps the sites of one hoster apart', async () => {
      const seed = 'https://one.github.io/';
      const pages = { [seed]: { links: ['https://two.github.io/', 'https://a.one.github.io/'] } };
      const { skipped, visited } = await crawlMadeUp(pages, [seed], { scope: 'domain' });
      assert.deepEqual(visited, [seed, 'https://a.one.github.io/']);
      assert.deepEqual(skipped, { 'https://two.github.io/': 'scope' });
    });
  });

  describe('traps', () => {
    const lists = (count: number, query: (at: number) => string): string[] =>
      Array.from({ length: count }, (_, at) => `${home}list?${query(at)}`);

    it('are paths with over 100 queries of three parameters', async () => {
      const links = lists(105, (at) => `a=${at}&b=${at}&c=${at}`);
      const { skipped, visited } = await crawlMadeUp({ [home]: { links } }, [home]);
      assert.deepEqual(visited, [home, ...links.slice(0, 100)]);
      assert.deepEqual(Object.keys(skipped), links.slice(100));
      assert.deepEqual(new Set(Object.values(skipped)), new Set(['trap']));
    });

    for (const page of [
      ...['2026/03', '2026/3/14', '2026-03-14/', '2026_03', '2026/03.html', '20260314', '2026-W12'],
      ...['14-03-2026', '14.3.2026', '?y=2026&m=3', '?month=3&year=2026', '?from-date=2026-03-14'],
    ]) {
      it(`are calendars of pages like ${page}`, () => {
        assert.equal(dateStepsOf(new URL(`${home}${page}`), 4), 5);
      });
    }

    for (const page of [
      '2026/03/14/title',
      '20261',
      '20261301',
      '3.14.159',
      'v/1.2.2026.4',
      '?m=3',
      '?id=2026',
    ]) {
      it(`are no pages like ${page}`, () => {
        assert.equal(dateStepsOf(new URL(`${home}${page}`), 4), 0);
      });
    }

    it('are paths with over 10,000 queries of fewer', () => {
      const traps = new Traps();
      const links = lists(10_001, (at) => `thread=${at}`).map((link) => new URL(link));
      const verdicts = links.map((link) => traps.judge(link, 0));
      assert.ok(verdicts.slice(0, 10_000).every((verdict) => verdict === null));
      assert.match(verdicts[10_000] ?? '', /10000 other queries/);
      assert.equal(traps.judge(new URL(`${home}other?thread=1`), 0), null);
    });
  });
});
