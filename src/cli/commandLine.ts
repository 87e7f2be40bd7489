import { parseArgs } from 'node:util';
import { readFetchSettings } from '../app/settings';
import { readSiteOptions, siteLimits } from '../app/siteSettings';
import { renderPagesValues, type FetchSettings } from '../engine/fetchSettings';
import { siteScopes, siteStrategies, type SiteOptions } from '../protocol/messages';

export type OutputFormat = 'ndjson' | 'markdown';

export interface CrawlLine {
  kind: 'crawl';
  /** As given; not checked. */
  urls: string[];
  /** A file of further URLs; `-` is the standard input. */
  list: string | null;
  /** `null` for a crawl of nothing but the URLs. */
  site: SiteOptions | null;
  format: OutputFormat;
  /** A folder; `null` for the standard output. */
  out: string | null;
  /** `null` for the engine that comes along. */
  server: string | null;
  /** Of that engine. */
  fetch: FetchSettings;
  isQuiet: boolean;
}

export type CommandLine =
  CrawlLine | { kind: 'help' } | { kind: 'version' } | { kind: 'wrong'; message: string };

export const usage = `RipTide crawls web pages into clean Markdown.

Usage: riptide crawl URL... [options]

What to crawl
  --file LIST         also the URLs in this file, one a line; - reads standard input
  --site              also what these pages link to, as far as the following say
    --depth N           links away from a URL given, ${siteLimits.depth.min} to ${siteLimits.depth.max}           (default 3)
    --max-pages N       pages in all, ${siteLimits.pages.min} to ${siteLimits.pages.max}                  (default 500)
    --max-minutes N     ${siteLimits.minutes.min} to ${siteLimits.minutes.max}                                   (default 30)
    --scope SCOPE       page, path, host or domain of the URLs given    (default host)
    --include PATTERN   only URLs that match; a glob, or re: and a regular expression; may be repeated
    --exclude PATTERN   no URLs that match; may be repeated
    --strategy NAME     breadth-first or best-first                     (default breadth-first)
    --no-sitemaps       follow links alone

Where it goes
  --format FORMAT     ndjson: a line for each page; markdown: a file for each page (default ndjson)
  --out DIR           a new or empty folder; without it NDJSON goes to standard output

How it crawls
  --server URL        crawl by this RipTide server; its key is read from RIPTIDE_API_KEY
                      (default: an engine of our own, which the following are for)
  --concurrency N     pages at once, 1 to 32                            (default 5)
  --per-host N        pages at once from one host, 1 to 16              (default 2)
  --delay MS          between requests to one host, 0 to 60000          (default 500)
  --timeout SECONDS   for one page, 1 to 300                            (default 30)
  --render WHEN       have an installed browser render pages: ${renderPagesValues.join(', ')} (default never)
  --browser PATH      of Chrome, Edge or Chromium; default: the first one found
  --no-robots         crawl also what robots.txt asks crawlers to leave alone

  --quiet             no progress and no account on standard error
  --version           print the version
  --help              print this text

Exit codes: 0 every page succeeded; 1 some did not; 2 wrong arguments; 3 the crawl could not be made, or not be
finished; 130 it was stopped. Ctrl+C stops it: what has been crawled is kept, and the rest is listed as outstanding.
`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const options = {
  file: text,
  site: flag,
  depth: text,
  'max-pages': text,
  'max-minutes': text,
  scope: text,
  include: texts,
  exclude: texts,
  strategy: text,
  'no-sitemaps': flag,
  format: text,
  out: text,
  server: text,
  concurrency: text,
  'per-host': text,
  delay: text,
  timeout: text,
  render: text,
  browser: text,
  'no-robots': flag,
  quiet: flag,
  version: flag,
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse>['values'];
type Name = keyof Values;

const siteOnly: readonly Name[] = [
  ...([
    'depth',
    'max-pages',
    'max-minutes',
    'scope',
    'include',
    'exclude',
    'strategy',
    'no-sitemaps',
  ] as const),
];
const engineOnly: readonly Name[] = [
  'concurrency',
  'per-host',
  'delay',
  'timeout',
  'render',
  'browser',
  'no-robots',
];

/** Never throws: what is wrong with the arguments is an answer, too. */
export function readCommandLine(args: string[]): CommandLine {
  try {
    const { values, positionals } = parse(args);
    if (values.help === true) return { kind: 'help' };
    if (values.version === true) return { kind: 'version' };
    const [command, ...urls] = positionals;
    if (command !== 'crawl') throw new Error(`Say what to do: riptide crawl URL...`);
    return readCrawl(urls, values);
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}

function parse(args: string[]) {
  return parseArgs({ args, allowPositionals: true, options });
}

function readCrawl(urls: string[], values: Values): CrawlLine {
  const isSite = values.site === true;
  const server = values.server ?? null;
  const out = values.out ?? null;
  const format = oneOf('format', values.format, ['ndjson', 'markdown']) ?? 'ndjson';
  if (urls.length === 0 && values.file === undefined) throw new Error('Give at least one URL, or --file');
  if (format === 'markdown' && out === null) throw new Error('--format markdown needs --out, a folder');
  if (!isSite) refuse(siteOnly, values, 'is for --site');
  if (server !== null) refuse(engineOnly, values, 'is not for a --server, which has settings of its own');
  return {
    kind: 'crawl',
    urls,
    list: values.file ?? null,
    site: isSite ? readSite(values) : null,
    format,
    out,
    server,
    fetch: readFetch(values),
    isQuiet: values.quiet === true,
  };
}

function readSite(values: Values): SiteOptions {
  const { depth, pages, minutes } = siteLimits;
  const near = siteScopes.filter((scope) => scope !== 'list');
  const settings: Record<string, unknown> = {
    'site.maxDepth': whole('depth', values, depth.min, depth.max),
    'site.maxPages': whole('max-pages', values, pages.min, pages.max),
    'site.maxMinutes': whole('max-minutes', values, minutes.min, minutes.max),
    'site.scope': oneOf('scope', values.scope, near),
    'site.include': values.include,
    'site.exclude': values.exclude,
    'site.useSitemaps': values['no-sitemaps'] !== true,
    'site.strategy': oneOf('strategy', values.strategy, siteStrategies),
  };
  return readSiteOptions((name) => settings[name]);
}

function readFetch(values: Values): FetchSettings {
  const settings: Record<string, unknown> = {
    'engine.concurrency': whole('concurrency', values, 1, 32),
    'engine.concurrencyPerHost': whole('per-host', values, 1, 16),
    'engine.delayMilliseconds': whole('delay', values, 0, 60_000),
    'engine.timeoutSeconds': whole('timeout', values, 1, 300),
    'engine.renderPages': oneOf('render', values.render, renderPagesValues),
    'engine.browserPath': values.browser,
    'engine.obeyRobotsTxt': values['no-robots'] !== true,
  };
  return readFetchSettings((name) => settings[name]);
}

function whole(name: Name, values: Values, min: number, max: number): number | undefined {
  const given = values[name];
  if (given === undefined) return undefined;
  const value = /^\d{1,9}$/.test(String(given)) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}, but is "${String(given)}"`);
}

function oneOf<Choice extends string>(
  name: Name,
  given: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const choice = choices.find((each) => each === given);
  if (choice !== undefined || given === undefined) return choice;
  throw new Error(`--${name} must be ${choices.join(' or ')}, but is "${given}"`);
}

function refuse(names: readonly Name[], values: Values, why: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw new Error(`--${given} ${why}`);
}
