import { createHash } from 'node:crypto';
import type { CrawlRequest, Validators } from '../protocol/messages';
import { CrawlFailure } from './crawlFailure';
import type { CrawledPage, CrawlEvent, EncodedResult } from './crawlEvent';
import { FailureGuard } from './failureGuard';
import type { Reach } from './fetch/addressRules';
import type { FetchedPage } from './fetch/fetchedPage';
import type { Lane } from './fetch/lane';
import type { PageFetcher } from './fetch/pageFetcher';
import type { PageReader } from './pageReader';
import { SiteCrawl } from './site/siteCrawl';
import type { SiteGuest, VisitedPage } from './site/siteGuest';
import { siteOf } from './site/spiderSite';

/** A request may ask for more at once than the engine's own setting, but not for any number. */
const maxConcurrency = 32;

type FinishedPage = CrawledPage & VisitedPage;

/** How one page of a request is crawled. */
interface Visit {
  url: string;
  request: CrawlRequest;
  lane: Lane;
  signal: AbortSignal;
  validators: Validators | null;
  reach: Reach;
  wantsDirections: boolean;
  onBegin: () => void;
}

/** Fetches and extracts the pages of crawl requests; knows neither sockets nor messages. */
export class Crawler {
  private readonly fetcher: PageFetcher;
  private readonly reader: PageReader;

  constructor(fetcher: PageFetcher, reader: PageReader) {
    this.fetcher = fetcher;
    this.reader = reader;
  }

  /** By which a crawl of this request is paused, and goes on. */
  openLane(request: CrawlRequest): Lane {
    const wanted = request.options?.concurrency;
    return this.fetcher.openLane(
      wanted === undefined ? undefined : Math.min(maxConcurrency, Math.max(1, wanted)),
    );
  }

  /**
   * Yields one page for each URL, or what a site crawl comes upon, in the order in which they finish; ends early when
   * `signal` aborts. No more pages begin than the lane has room for until those before them have been read. When most of
   * them fail and others wait, it pauses its lane once and says so.
   */
  async *crawl(request: CrawlRequest, signal: AbortSignal, lane: Lane): AsyncGenerator<CrawlEvent> {
    const site = siteOf(request);
    if (site) {
      yield* new SiteCrawl(request.urls, site, this.guestOf(request, lane)).run(signal);
      return;
    }
    const done: FinishedPage[] = [];
    const guard = new FailureGuard();
    const reach: Reach = request.options?.public_only === true ? 'public' : 'any';
    let wake = (): void => undefined;
    let waiting = request.urls.length;
    const onBegin = (): void => void (waiting -= 1);
    // All start at once: who may fetch when is the fetcher's business, which sees every crawl's hosts.
    request.urls.forEach((url, index) => {
      const validators = request.validators?.[index] ?? null;
      const visit: Visit = { url, request, lane, signal, validators, reach, wantsDirections: false, onBegin };
      void this.visit(visit).then((page) => {
        if (!page.hasBegun) waiting -= 1;
        done.push({ index, ...page });
        wake();
      });
    });
    for (let remaining = request.urls.length; remaining > 0;) {
      const page = done.shift();
      if (page) {
        const { index, result, hasBegun } = page;
        remaining -= 1;
        yield { kind: 'page', index, result };
        if (hasBegun) lane.pageTaken();
        const paused = guard.count(result.error !== null);
        if (!paused || waiting === 0) continue;
        lane.pause();
        yield { kind: 'paused', ...paused };
      } else {
        if (signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  }

  /** Never rejects: whatever happens to a page is its result. */
  private async visit(visit: Visit): Promise<VisitedPage> {
    const { url, request, lane, signal, reach, wantsDirections, onBegin } = visit;
    const options = request.options ?? {};
    let startedAtMs = Date.now();
    let hasBegun = false;
    const onStart = (): void => {
      startedAtMs = Date.now();
      hasBegun = true;
      onBegin();
    };
    try {
      // That the page is unchanged says nothing about what its scripts load.
      const validators = this.reader.rendersAll(options) ? null : visit.validators;
      const page = await this.fetcher.fetch(url, signal, onStart, lane, validators, reach);
      const fetchMs = Date.now() - startedAtMs;
      if (page.status === 304) return visited(notModified(url, page, fetchMs), hasBegun);
      const { document, directions, isRendered } = await this.reader.read({
        page,
        options,
        encoding: request.encoding ?? 'json',
        wantsDirections,
        signal,
      });
      if (directions && page.isNofollow) directions.isNofollow = true;
      const result: EncodedResult = {
        url,
        status: page.status,
        from_cache: false,
        gate_decision: 'raw',
        quality_score: (document.qualityScore ?? 0) / 100,
        // The page's own time: neither its turn at the host nor its wait for a free worker is its fault.
        processing_time_ms: fetchMs + document.parseMs,
        document,
        error: null,
        cache_key: cacheKey(url, options.cache_mode ?? 'read_through'),
        ...(page.isTruncated && { truncated: true }),
        ...(page.validators && !isRendered && { validators: page.validators }),
      };
      return { ...visited(result, hasBegun), directions };
    } catch (error) {
      const failure = asFailure(error);
      const result: EncodedResult = {
        url,
        status: failure.status,
        from_cache: false,
        gate_decision: 'failed',
        quality_score: 0,
        processing_time_ms: Date.now() - startedAtMs,
        document: null,
        error: { error_type: failure.reason, message: failure.message, retryable: failure.isRetryable },
        cache_key: '',
      };
      return { ...visited(result, hasBegun), failure: failure.reason };
    }
  }

  private guestOf(request: CrawlRequest, lane: Lane): SiteGuest {
    return {
      visit: async (url, reach, signal, onBegin) => {
        const visit = { url, request, lane, signal, validators: null, reach, wantsDirections: true, onBegin };
        const page = await this.visit(visit);
        // The site crawl bounds by itself how far it goes ahead of its reader, since its pages wait for each other.
        if (page.hasBegun) lane.pageTaken();
        return page;
      },
      robotsFor: (url, reach, signal) => this.fetcher.robotsOf(url, reach, lane, signal),
      download: (url, reach, takeBody, signal) => this.fetcher.download(url, reach, takeBody, lane, signal),
      pause: () => lane.pause(),
      activeMs: () => lane.activeMs,
    };
  }
}

function visited(result: EncodedResult, hasBegun: boolean): VisitedPage {
  return { result, hasBegun, directions: null, failure: null };
}

/** The page is as its validators say that the client knows it. */
function notModified(url: string, { status, validators }: FetchedPage, fetchMs: number): EncodedResult {
  return {
    url,
    status,
    from_cache: true,
    gate_decision: 'cached',
    quality_score: 0,
    processing_time_ms: fetchMs,
    document: null,
    error: null,
    cache_key: '',
    ...(validators && { validators }),
  };
}

function asFailure(error: unknown): CrawlFailure {
  if (error instanceof CrawlFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CrawlFailure('extraction-failed', `The engine failed on this page: ${message}`, {
    cause: error,
  });
}

/** Opaque to clients; the form is RipTide's (protocol 1.5). */
function cacheKey(url: string, cacheMode: string): string {
  return `riptide:v1:${cacheMode}:${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;
}
