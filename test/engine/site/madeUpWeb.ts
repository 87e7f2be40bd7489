import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { FoundPage, SiteRequest } from '../../../src/protocol/messages';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { digestOf } from '../../../src/engine/digest';
import { emptyRobots } from '../../../src/engine/fetch/robots';
import { SiteCrawl } from '../../../src/engine/site/siteCrawl';
import type { SiteGuest, VisitedPage } from '../../../src/engine/site/siteGuest';
import { wholeHost } from '../../support/siteOptions';

export interface MadeUpPage {
  links?: string[];
  canonical?: string;
  /** By which it is told from others; without it each is different. */
  content?: string;
  leadsTo?: string;
  status?: number;
  /** It does not answer before the crawl's time is over. */
  isSlow?: boolean;
}

export interface Outcome {
  /** Of the pages asked for, in their order. */
  visited: string[];
  /** Of the pages delivered that could be read. */
  delivered: string[];
  /** Rule by URL. */
  skipped: Record<string, string>;
  found: FoundPage[];
  /** What to send back of each URL, by URL. */
  memos: Map<string, string>;
}

export const wholeSite: SiteRequest = { ...wholeHost, max_pages: 50_000, resumed: null };

/** Crawls hosts of the public web, which no test can serve: what is fetched is made up, all else is real. */
export async function crawlMadeUp(
  pages: Readonly<Record<string, MadeUpPage>>,
  seeds: readonly string[],
  site: Partial<SiteRequest> = {},
  /** By the URL of a sitemap; robots.txt names none, so that one is at the usual place. */
  sitemaps: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const outcome: Outcome = { visited: [], delivered: [], skipped: {}, found: [], memos: new Map() };
  let activeMs = 0;
  const guest: SiteGuest = {
    visit: async (url, _reach, signal) => {
      outcome.visited.push(url);
      const page = pages[url] ?? { status: 404 };
      if (page.isSlow !== true) return visitedPage(url, page);
      activeMs = Infinity;
      await once(signal, 'abort');
      return { ...visitedPage(url, { status: 500 }), failure: 'cancelled' };
    },
    robotsFor: () => Promise.resolve(emptyRobots),
    download: async (url, _reach, takeBody) => {
      const sitemap = sitemaps[url.href];
      const failure = new CrawlFailure('http-404', 'There is none.', { isRetryable: false });
      if (sitemap === undefined) throw failure;
      await takeBody(Readable.from([Buffer.from(sitemap)]));
    },
    pause: () => undefined,
    activeMs: () => activeMs,
  };
  const crawl = new SiteCrawl(seeds, { ...wholeSite, ...site }, guest);
  for await (const event of crawl.run(new AbortController().signal)) {
    if (event.kind === 'page' && event.result.error === null) outcome.delivered.push(event.result.url);
    if (event.kind !== 'found') continue;
    for (const page of event.pages) {
      if (page.memo !== undefined) outcome.memos.set(page.url, page.memo);
      if (page.skipped) outcome.skipped[page.url] = page.skipped.rule;
      outcome.found.push(page);
    }
  }
  return outcome;
}

function visitedPage(url: string, page: MadeUpPage): VisitedPage {
  const { status = 200 } = page;
  const isFailure = status >= 400;
  const document = {
    bytes: new Uint8Array(0),
    url: page.leadsTo ?? url,
    qualityScore: null,
    parseMs: 0,
    contentDigest: digestOf(page.content ?? url),
  };
  return {
    hasBegun: true,
    failure: isFailure ? 'http-404' : null,
    directions: isFailure
      ? null
      : {
          links: page.links ?? [],
          nofollowLinks: [],
          canonical: page.canonical ?? null,
          isNoindex: false,
          isNofollow: false,
        },
    result: {
      url,
      status,
      from_cache: false,
      gate_decision: 'raw',
      quality_score: 0,
      processing_time_ms: 1,
      document: isFailure ? null : document,
      error: isFailure
        ? { error_type: 'http-404', message: 'There is no such page.', retryable: false }
        : null,
      cache_key: '',
    },
  };
}
