import assert from 'node:assert/strict';
import { readCommandLine, usage, type CrawlLine } from '../../src/cli/commandLine';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';

const url = 'https://site.example/';

function crawlOf(...args: string[]): CrawlLine {
  const line = readCommandLine(['crawl', url, ...args]);
  assert.ok(line.kind === 'crawl', line.kind === 'wrong' ? line.message : line.kind);
  return line;
}

describe('the command line of riptide', () => {
  it('needs no more than a URL', () => {
    assert.deepEqual(crawlOf(), {
      kind: 'crawl',
      urls: [url],
      list: null,
      site: null,
      format: 'ndjson',
      out: null,
      server: null,
      fetch: crawlOf().fetch,
      isQuiet: false,
    });
    const { obeyRobots, delayMs, concurrency, perHost, timeoutMs, userAgent } = crawlOf().fetch;
    assert.deepEqual(
      { obeyRobots, delayMs, concurrency, perHost, timeoutMs, userAgent },
      {
        obeyRobots: defaultFetchSettings.obeyRobots,
        delayMs: defaultFetchSettings.delayMs,
        concurrency: defaultFetchSettings.concurrency,
        perHost: defaultFetchSettings.perHost,
        timeoutMs: defaultFetchSettings.timeoutMs,
        userAgent: defaultFetchSettings.userAgent,
      },
    );
  });

  it('says how far a site crawl goes, and how pages are fetched', () => {
    const { site, fetch } = crawlOf(
      ...['--site', '--depth', '2', '--max-pages', '40', '--max-minutes', '5', '--scope', 'path'],
      ...['--include', '**/docs/**', '--exclude', 're:draft', '--exclude', '*.zip', '--no-sitemaps'],
      ...['--strategy', 'best-first', '--concurrency', '3', '--per-host', '1', '--delay', '0'],
      ...['--timeout', '9', '--no-robots', '--render', 'when-needed', '--browser', '/opt/chrome'],
    );
    assert.deepEqual(site, {
      max_depth: 2,
      max_pages: 40,
      max_duration_ms: 300_000,
      scope: 'path',
      allowed_hosts: [],
      include: ['**/docs/**'],
      exclude: ['re:draft', '*.zip'],
      use_sitemaps: false,
      strategy: 'best-first',
      is_dry_run: false,
    });
    const { obeyRobots, delayMs, concurrency, perHost, timeoutMs, renderPages, browserPath } = fetch;
    assert.deepEqual(
      { obeyRobots, delayMs, concurrency, perHost, timeoutMs },
      { obeyRobots: false, delayMs: 0, concurrency: 3, perHost: 1, timeoutMs: 9000 },
    );
    assert.deepEqual([renderPages, browserPath], ['when-needed', '/opt/chrome']);
  });

  const wrong: [string[], RegExp][] = [
    [[], /Say what to do/],
    [['fetch', url], /Say what to do/],
    [['crawl'], /at least one URL/],
    [['crawl', url, '--format', 'xml'], /--format must be ndjson or markdown, but is "xml"/],
    [['crawl', url, '--format', 'markdown'], /needs --out/],
    [['crawl', url, '--depth', '3'], /--depth is for --site/],
    [['crawl', url, '--site', '--depth', '-1'], /depth/],
    [['crawl', url, '--site', '--depth', '99'], /--depth must be a whole number from 0 to 50/],
    [['crawl', url, '--render', 'maybe'], /--render must be never or when-needed or always/],
    [['crawl', url, '--delay', '1.5'], /--delay must be a whole number/],
    [['crawl', url, '--server', 'https://host.example', '--no-robots'], /--no-robots is not for a --server/],
    [['crawl', url, '--api-key', 'secret'], /--api-key/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(' ') || 'nothing at all'}`, () => {
      const line = readCommandLine(args);
      assert.ok(line.kind === 'wrong');
      assert.match(line.message, message);
    });
  }

  it('explains every option in its help', () => {
    assert.deepEqual(readCommandLine(['--help']), { kind: 'help' });
    assert.deepEqual(readCommandLine(['crawl', '-h']), { kind: 'help' });
    const shown = new Set([...usage.matchAll(/^ +(--[a-z-]+)/gm)].map(([, name]) => name));
    assert.equal(shown.size, 23);
    assert.ok(usage.split('\n').every((line) => line.length <= 120));
  });
});
