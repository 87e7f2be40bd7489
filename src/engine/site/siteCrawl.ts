import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { FoundPage, SiteRequest } from '../../protocol/messages';
import { CrawlFailure } from '../crawlFailure';
import type { CrawlEvent } from '../crawlEvent';
import { FailureGuard } from '../failureGuard';
import type { PlannedPage } from './frontier';
import { judgePage, PagesSeen } from './judgePage';
import { readSitemaps } from './readSitemaps';
import type { SiteGuest, VisitedPage } from './siteGuest';
import { KnownSite } from './knownSite';
import { skip, SiteRules, type Skip } from './siteRules';

/**
 * Pages under way, or waiting for those before them. It is the same for every crawl, and each page is dealt with in
 * the order in which it was begun, so that a crawl takes the same way twice however its pages race.
 */
const maxUnderWay = 16;
const maxFoundPerMessage = 1_000;
/** Judging a link takes microseconds; a page may have thousands of them. */
const linksAtOnce = 200;
const maxTimerMs = 2 ** 31 - 1;

interface UnderWay {
  page: PlannedPage;
  visited: Promise<VisitedPage>;
}

/** One crawl that follows links from its seeds. To be run once. */
export class SiteCrawl {
  private readonly seeds: URL[];
  private readonly rules: SiteRules;
  private readonly known: KnownSite;
  private readonly pages = new PagesSeen();
  private readonly failures = new FailureGuard();
  private readonly outOfTime = new AbortController();
  private readonly underWay: UnderWay[] = [];
  private pagesLeft: number;
  /** By a dry run, seeds included. */
  private wouldFetch: number;

  /** @param site one that `siteRefusalOf` has no objection to. */
  constructor(
    urls: readonly string[],
    private readonly site: SiteRequest,
    private readonly guest: SiteGuest,
  ) {
    this.seeds = (site.resumed?.seeds ?? urls).map((url) => new URL(url));
    this.rules = new SiteRules(site, this.seeds);
    this.known = new KnownSite(urls, site, this.rules);
    this.pagesLeft = site.max_pages - (site.resumed?.pages_fetched ?? 0);
    this.wouldFetch = urls.length;
  }

  /** Each URL is told as found before there is a word of what became of it; ends early when `signal` aborts. */
  async *run(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    const leftMs = this.site.max_duration_ms - (this.site.resumed?.elapsed_ms ?? 0);
    const timer = setTimeout(() => this.outOfTime.abort(), Math.min(maxTimerMs, Math.max(0, leftMs)));
    const given = new AbortController();
    const stop = AbortSignal.any([signal, this.outOfTime.signal, given.signal]);
    setMaxListeners(0, stop);
    try {
      if (this.site.use_sitemaps) yield* this.findInSitemaps(stop);
      this.begin(stop);
      for (let next = this.underWay.shift(); next; next = this.underWay.shift()) {
        const visited = await next.visited;
        if (signal.aborted) return;
        if (!visited.hasBegun) this.pagesLeft += 1;
        yield* this.take(next.page, visited, stop);
        this.begin(stop);
      }
      if (signal.aborted) return;
      this.leaveRest();
      yield* this.tellFound(stop);
    } finally {
      clearTimeout(timer);
      given.abort();
    }
  }

  private async *findInSitemaps(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    let count = 0;
    for await (const { url, priority, foundOn } of readSitemaps(this.seeds, this.guest, this.rules, signal)) {
      this.known.follow({ url, priority, foundOn, depth: 1, isNofollow: false, dateSteps: 0 });
      if (++count % linksAtOnce === 0) yield* this.tellFound(signal);
    }
    yield* this.tellFound(signal);
  }

  private begin(signal: AbortSignal): void {
    while (this.underWay.length < maxUnderWay && this.pagesLeft > 0 && !signal.aborted) {
      const page = this.nextPage();
      if (!page) return;
      this.pagesLeft -= 1;
      const reach = page.isSeed ? 'any' : this.rules.reachOf(new URL(page.url));
      this.underWay.push({ page, visited: this.guest.visit(page.url, reach, signal) });
    }
  }

  /** Of a dry run only the seeds, which come first: all others are told by then. */
  private nextPage(): PlannedPage | undefined {
    const page = this.known.frontier.take();
    return this.site.is_dry_run && page?.isSeed !== true ? undefined : page;
  }

  private async *take(
    page: PlannedPage,
    visited: VisitedPage,
    signal: AbortSignal,
  ): AsyncGenerator<CrawlEvent> {
    const { result, directions } = visited;
    const isLate = this.outOfTime.signal.aborted && visited.failure === 'cancelled';
    const verdict = isLate
      ? { skipped: this.timeLimit, followsLinks: false, canonical: null }
      : judgePage(page, visited, this.known, this.rules, this.pages);
    const { depth, dateSteps } = page;
    const lead = { foundOn: page.url, priority: 0, dateSteps };
    if (verdict.canonical !== null) {
      this.known.follow({ ...lead, url: verdict.canonical, depth, isNofollow: false });
    }
    if (verdict.followsLinks && directions) {
      const { links, nofollowLinks, isNofollow } = directions;
      let count = 0;
      for (const url of [...links, ...nofollowLinks]) {
        this.known.follow({
          ...lead,
          url,
          depth: depth + 1,
          isNofollow: isNofollow || count >= links.length,
        });
        if (++count % linksAtOnce === 0) await setImmediate();
      }
    }
    if (verdict.skipped) this.known.leaveOut(page, verdict.skipped);
    yield* this.tellFound(signal);
    if (verdict.skipped) return;
    yield { kind: 'page', index: page.index, result };
    const paused = this.failures.count(result.error !== null);
    if (!paused || signal.aborted) return;
    this.guest.pause();
    yield { kind: 'paused', ...paused };
  }

  private async *tellFound(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    const found = this.known.takeFound();
    if (this.site.is_dry_run) {
      for (const page of found) page.skipped ??= await this.judgeDry(page, signal);
    }
    for (let at = 0; at < found.length; at += maxFoundPerMessage) {
      yield { kind: 'found', pages: found.slice(at, at + maxFoundPerMessage) };
    }
  }

  /** What would become of a page, as far as that can be told without fetching it. */
  private async judgeDry({ url }: FoundPage, signal: AbortSignal): Promise<Skip> {
    const page = new URL(url);
    try {
      const robots = await this.guest.robotsFor(page, this.rules.reachOf(page), signal);
      if (!robots.isAllowed(page))
        return skip('robots', `The robots.txt of ${page.host} closes it to crawlers`);
    } catch (error) {
      if (!(error instanceof CrawlFailure)) throw error;
      if (this.outOfTime.signal.aborted) return this.timeLimit;
      return {
        rule: error.reason === 'blocked-address' ? 'private-address' : 'robots',
        message: error.message,
      };
    }
    this.wouldFetch += 1;
    return this.wouldFetch > this.site.max_pages ? this.pageLimit : skip('dry-run', 'It would be crawled');
  }

  private leaveRest(): void {
    const skipped = this.outOfTime.signal.aborted ? this.timeLimit : this.pageLimit;
    for (let page = this.nextPage(); page; page = this.nextPage()) this.known.leaveOut(page, skipped);
    this.known.settleAside();
  }

  private get pageLimit(): Skip {
    return skip('page-limit', `The crawl has reached its limit of ${this.site.max_pages} pages`);
  }

  private get timeLimit(): Skip {
    return skip('time-limit', `The crawl has reached its limit of ${this.site.max_duration_ms / 1000} s`);
  }
}
