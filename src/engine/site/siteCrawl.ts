import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { FoundPage, SiteRequest } from '../../protocol/messages';
import { CrawlFailure } from '../crawlFailure';
import type { CrawlEvent } from '../crawlEvent';
import { FailureGuard } from '../failureGuard';
import type { PlannedPage } from './frontier';
import { judgePage, PagesSeen } from './judgePage';
import { readSitemaps } from './readSitemaps';
import { ActiveTimer } from './activeTimer';
import { decodeMemo } from './memo';
import { readResumedPages } from './readResumedPages';
import type { SiteGuest, VisitedPage } from './siteGuest';
import { KnownSite, type Lead } from './knownSite';
import { skip, SiteRules, type Skip } from './siteRules';
import { urlKey } from './urlKey';
import { Visits } from './visits';

const maxFoundPerMessage = 1_000;
/** Judging a link takes microseconds; a page may have thousands of them. */
const linksAtOnce = 200;
/** So many more pages wait than the page limit lets have their turn, since some may turn out to be closed. */
const maxSpare = 250_000;
/** As many as redirects: all pages before the last one are held. */
const maxCanonicalSteps = 5;

/** A page whose content belongs to another one, as it says, until it is known whether that can be had. */
interface HeldPage {
  page: PlannedPage;
  visited: VisitedPage;
  skipped: Skip;
  /** How many pages name each other in a row, up to this one. */
  steps: number;
}

/** One crawl that follows links from its seeds. To be run once. */
export class SiteCrawl {
  private readonly seeds: URL[];
  private readonly rules: SiteRules;
  private readonly known: KnownSite;
  private readonly pages = new PagesSeen();
  private readonly failures = new FailureGuard();
  private readonly outOfTime = new AbortController();
  private readonly visits = new Visits();
  /** By the index of the page that they wait for, which is crawled next, so that they are few. */
  private readonly held = new Map<number, HeldPage[]>();
  private isPastSeeds = false;
  private pagesLeft: number;
  /** By a dry run, seeds included. */
  private wouldFetch: number;

  /** @param site one that `siteRefusalOf` has no objection to. */
  constructor(
    private readonly urls: readonly string[],
    private readonly site: SiteRequest,
    private readonly guest: SiteGuest,
  ) {
    this.seeds = urls.map((url) => new URL(url));
    this.rules = new SiteRules(site, this.seeds);
    this.known = new KnownSite(site.resumed?.outstanding ?? urls.length, site, this.rules);
    this.pagesLeft = site.max_pages - (site.resumed?.pages_fetched ?? 0);
    this.wouldFetch = urls.length;
  }

  /** Each URL is told as found before there is a word of what became of it; ends early when `signal` aborts. */
  async *run(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    const leftMs = this.site.max_duration_ms - (this.site.resumed?.elapsed_ms ?? 0);
    const timer = new ActiveTimer(leftMs, this.guest, () => this.outOfTime.abort());
    const given = new AbortController();
    const stop = AbortSignal.any([signal, this.outOfTime.signal, given.signal]);
    setMaxListeners(0, stop);
    try {
      await this.takeUp(stop);
      this.begin(stop);
      for (let next = await this.visits.next(); next.kind !== 'none'; next = await this.visits.next()) {
        if (signal.aborted) return;
        if (next.kind === 'done') yield* this.takeInTurn(next.page, next.visited, stop);
        this.begin(stop);
      }
      if (signal.aborted) return;
      for (const index of this.held.keys()) yield* this.settleHeld(index, 'lost', stop);
      yield* this.leaveRest(stop);
    } finally {
      timer.stop();
      given.abort();
    }
  }

  /** The seeds, or what an earlier part of the crawl has come upon. */
  private async takeUp(signal: AbortSignal): Promise<void> {
    const { urls } = this;
    const { resumed } = this.site;
    if (!resumed) {
      for (const url of urls) this.known.addSeed(url);
      return;
    }
    const seeds = new Set(this.seeds.map(({ href }) => href));
    for await (const page of readResumedPages(resumed.pages)) {
      if (signal.aborted) return;
      const { contentDigest, leadsTo } = decodeMemo(page.memo);
      const isSeed = seeds.has(new URL(page.url).href);
      if (isSeed && leadsTo !== null) this.rules.widenScope(new URL(leadsTo));
      if (page.state.kind === 'succeeded' && contentDigest !== null) {
        this.pages.sameAs(contentDigest, page.url);
      }
      this.known.restore(page, isSeed);
    }
    // It is of no more use, and large.
    resumed.pages = '';
  }

  /** Where the seeds lead decides what is in scope, so that sitemaps are read after them. */
  private followSeed(page: PlannedPage, { result: { document } }: VisitedPage): void {
    const leadsTo = page.isSeed ? redirectOf(page, document?.url) : null;
    if (leadsTo) this.rules.widenScope(leadsTo);
  }

  private async *findInSitemaps(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    let count = 0;
    for await (const { url, priority, foundOn } of readSitemaps(this.seeds, this.guest, this.rules, signal)) {
      this.known.follow(url, { priority, foundOn, depth: 1, isNofollow: false, dateSteps: 0 });
      if (++count % linksAtOnce > 0) continue;
      this.leaveLast();
      yield* this.tellFound(signal);
    }
    yield* this.tellFound(signal);
  }

  private begin(signal: AbortSignal): void {
    while (this.visits.hasRoom && this.pagesLeft > 0 && !signal.aborted) {
      const page = this.nextPage();
      if (!page) return;
      this.pagesLeft -= 1;
      this.known.enter(page, 'begun');
      const reach = this.rules.reachOf(new URL(page.url));
      this.visits.add(page, (onBegin) => this.guest.visit(page.url, reach, signal, onBegin));
    }
  }

  /** Of a dry run only the seeds, which come first: all others are told by then. */
  private nextPage(): PlannedPage | undefined {
    const page = this.known.frontier.take();
    return this.site.is_dry_run && page?.isSeed !== true ? undefined : page;
  }

  private async *takeInTurn(
    page: PlannedPage,
    visited: VisitedPage,
    signal: AbortSignal,
  ): AsyncGenerator<CrawlEvent> {
    if (!visited.hasBegun) this.pagesLeft += 1;
    this.followSeed(page, visited);
    if (!this.isPastSeeds && !this.visits.isSeedNext) {
      this.isPastSeeds = true;
      if (this.site.use_sitemaps) yield* this.findInSitemaps(signal);
    }
    yield* this.take(page, visited, signal);
  }

  private async *take(
    page: PlannedPage,
    visited: VisitedPage,
    signal: AbortSignal,
    isOwn = false,
  ): AsyncGenerator<CrawlEvent> {
    const { result, directions } = visited;
    const isLate = this.outOfTime.signal.aborted && visited.failure === 'cancelled';
    const verdict = isLate
      ? { skipped: this.timeLimit, followsLinks: false, canonical: null }
      : judgePage(page, visited, this.known, this.rules, this.pages, isOwn);
    const { depth, dateSteps } = page;
    const lead = { foundOn: page.url, priority: 0, dateSteps, isNofollow: false };
    if (verdict.canonical !== null && verdict.skipped) {
      const canonical = { url: verdict.canonical, lead: { ...lead, depth } };
      const before = this.held.get(page.index) ?? [];
      const steps = 1 + Math.max(0, ...before.map((held) => held.steps));
      yield* this.leaveFor(canonical, { page, visited, skipped: verdict.skipped, steps }, signal);
      return;
    }
    if (verdict.followsLinks && directions) {
      const { links, nofollowLinks, isNofollow } = directions;
      await this.follow(links, { ...lead, depth: depth + 1, isNofollow });
      await this.follow(nofollowLinks, { ...lead, depth: depth + 1, isNofollow: true });
    }
    this.leaveLast();
    if (verdict.skipped) {
      yield* this.leaveOut(page, verdict.skipped, signal);
      return;
    }
    this.remember(page, visited);
    yield* this.tellFound(signal);
    yield { kind: 'page', index: page.index, result };
    yield* this.pauseIfFailing(result.error !== null, signal);
    yield* this.settle(page, result.error === null ? 'kept' : 'lost', signal);
  }

  private async follow(links: readonly string[], lead: Lead): Promise<void> {
    for (let at = 0; at < links.length; at += linksAtOnce) {
      if (at > 0) await setImmediate();
      for (const url of links.slice(at, at + linksAtOnce)) this.known.follow(url, lead);
    }
  }

  /** Leaves a page for the one that has its content, as soon as that is known to be there. */
  private async *leaveFor(
    canonical: { url: string; lead: Lead },
    held: HeldPage,
    signal: AbortSignal,
  ): AsyncGenerator<CrawlEvent> {
    const { page, visited, skipped, steps } = held;
    const stage = this.known.stageAt(new URL(canonical.url));
    const canWait = steps <= maxCanonicalSteps && (stage === 'begun' || this.pagesLeft > 0);
    const index = stage === 'kept' || !canWait ? -1 : this.known.hasten(canonical.url, canonical.lead);
    if (stage === 'kept') {
      yield* this.leaveOut(page, skipped, signal);
    } else if (index < 0) {
      yield* this.take(page, visited, signal, true);
    } else {
      this.known.enter(page, 'left');
      this.held.set(index, [...(this.held.get(index) ?? []), held]);
      yield* this.tellFound(signal);
    }
  }

  private async *leaveOut(page: PlannedPage, skipped: Skip, signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    this.known.leaveOut(page, skipped);
    yield* this.tellFound(signal);
    const isElsewhere = skipped.rule === 'duplicate-content' || skipped.rule === 'canonical';
    yield* this.settle(page, isElsewhere ? 'kept' : 'lost', signal);
  }

  private async *settle(
    page: PlannedPage,
    stage: 'kept' | 'lost',
    signal: AbortSignal,
  ): AsyncGenerator<CrawlEvent> {
    this.known.enter(page, stage);
    yield* this.settleHeld(page.index, stage, signal);
  }

  private async *settleHeld(
    index: number,
    stage: 'kept' | 'lost',
    signal: AbortSignal,
  ): AsyncGenerator<CrawlEvent> {
    const waiting = this.held.get(index) ?? [];
    this.held.delete(index);
    for (const { page, visited, skipped } of waiting) {
      if (stage === 'kept') yield* this.leaveOut(page, skipped, signal);
      else yield* this.take(page, visited, signal, true);
    }
  }

  private *pauseIfFailing(isFailure: boolean, signal: AbortSignal): Generator<CrawlEvent> {
    const paused = this.failures.count(isFailure);
    const isOver = this.visits.isEmpty && (this.pagesLeft === 0 || this.known.frontier.size === 0);
    if (!paused || isOver || signal.aborted) return;
    this.guest.pause();
    yield { kind: 'paused', ...paused };
  }

  private remember(page: PlannedPage, { result: { document } }: VisitedPage): void {
    if (this.site.is_dry_run || !document) return;
    const { contentDigest } = document;
    const leadsTo = page.isSeed ? (redirectOf(page, document.url)?.href ?? null) : null;
    if (contentDigest !== null || leadsTo !== null) this.known.remember(page, { contentDigest, leadsTo });
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

  /** A large site would fill the memory with addresses that cannot have their turn. */
  private leaveLast(): void {
    const { frontier } = this.known;
    while (!this.site.is_dry_run && frontier.size > this.pagesLeft + maxSpare) {
      const page = frontier.takeLast();
      if (!page) return;
      this.known.leaveOut(page, this.pageLimit);
      this.known.enter(page, 'barred');
    }
  }

  private async *leaveRest(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    const skipped = this.outOfTime.signal.aborted ? this.timeLimit : this.pageLimit;
    let count = 0;
    for (let page = this.nextPage(); page; page = this.nextPage()) {
      this.known.leaveOut(page, skipped);
      if (++count % maxFoundPerMessage > 0) continue;
      await setImmediate();
      yield* this.tellFound(signal);
    }
    this.known.settleAside();
    yield* this.tellFound(signal);
  }

  private get pageLimit(): Skip {
    return skip('page-limit', `The crawl has reached its limit of ${this.site.max_pages} pages`);
  }

  private get timeLimit(): Skip {
    return skip('time-limit', `The crawl has reached its limit of ${this.site.max_duration_ms / 1000} s`);
  }
}

/** Where a page was read from, if that is another one. */
function redirectOf({ url }: PlannedPage, readFrom: string | undefined): URL | null {
  if (readFrom === undefined) return null;
  const reached = new URL(readFrom);
  return urlKey(reached) === urlKey(new URL(url)) ? null : reached;
}
