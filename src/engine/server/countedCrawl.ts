import { rfc3339 } from '../../protocol/encode';
import type { CrawlRequest, Found, Progress, Summary } from '../../protocol/messages';
import type { CrawledPage, CrawlEvent } from '../crawlEvent';
import type { Crawler } from '../crawler';
import type { Lane } from '../fetch/lane';
import type { EngineMetrics, Transport } from './engineMetrics';

export interface CrawlParts {
  crawler: Crawler;
  metrics: EngineMetrics;
}

/** One crawl being served: its pages as they finish, and the count that each transport tells in its own words. */
export class CountedCrawl {
  /** URLs that have a result, or are to get one; a site crawl finds more as it goes. */
  total: number;
  readonly startedAt = new Date();
  /** Pauses the crawl. */
  readonly lane: Lane;
  completed = 0;
  successful = 0;
  fromCache = 0;
  private readonly parts: CrawlParts;
  private readonly transport: Transport;
  private readonly request: CrawlRequest;
  /** Pages that its client has numbered. */
  private readonly asked: number;
  /** The next one that is free: in the crawl, and in what is told of it. */
  private nextIndex: number;
  private nextTold: number;

  constructor(parts: CrawlParts, transport: Transport, request: CrawlRequest) {
    this.parts = parts;
    this.transport = transport;
    this.request = request;
    this.lane = parts.crawler.openLane(request);
    this.asked = request.site?.resumed?.outstanding ?? request.urls.length;
    this.total = this.asked;
    this.nextIndex = this.total;
    this.nextTold = this.total;
  }

  /**
   * To be read once; each page is counted before it is yielded. Ends early when `signal` aborts. The crawl goes no
   * further ahead of its reader than its lane has room for.
   */
  async *events(signal: AbortSignal): AsyncGenerator<CrawlEvent> {
    const { crawler, metrics } = this.parts;
    metrics.crawlStarted(this.transport);
    try {
      for await (const event of crawler.crawl(this.request, signal, this.lane)) {
        // Nobody is left to hear of the pages that a cancelled crawl did not get to.
        if (signal.aborted) return;
        if (event.kind === 'page') this.count(event);
        else if (event.kind === 'found') this.countFound(event);
        if (this.isTellingFound || event.kind === 'paused') yield event;
        else if (event.kind === 'page') yield { ...event, index: this.toldIndex(event.index) };
      }
    } finally {
      metrics.crawlEnded(this.transport);
    }
  }

  /** The same for transports that have no words for anything but pages. */
  async *pages(signal: AbortSignal): AsyncGenerator<CrawledPage> {
    for await (const event of this.events(signal)) {
      if (event.kind === 'page') yield event;
      else if (event.kind === 'paused') this.lane.unpause();
    }
  }

  get progress(): Progress {
    const { completed, total } = this;
    return { completed, total, success_rate: ratio(this.successful, completed) };
  }

  get summary(): Summary {
    return {
      total_urls: this.total,
      successful: this.successful,
      failed: this.completed - this.successful,
      total_processing_time_ms: this.elapsedMs,
    };
  }

  /** 0 to 1, of the successes so far (protocol 3.2). */
  get cacheHitRate(): number {
    return ratio(this.fromCache, this.successful);
  }

  get elapsedMs(): number {
    return Date.now() - this.startedAt.getTime();
  }

  /** RFC 3339, by the pace so far; `null` when nothing is left to wait for. */
  get estimatedCompletion(): string | null {
    const remaining = this.total - this.completed;
    if (remaining === 0 || this.completed === 0) return null;
    return rfc3339(new Date(Date.now() + (this.elapsedMs / this.completed) * remaining));
  }

  /** Who did not ask for a site crawl in its own words knows no `found` messages; nor do the other transports. */
  private get isTellingFound(): boolean {
    return this.request.site !== undefined && this.transport === 'websocket';
  }

  /** Without gaps for what nobody is told of. */
  private toldIndex(index: number): number {
    return index < this.asked ? index : this.nextTold++;
  }

  private countFound({ pages }: Found): void {
    for (const { index, skipped } of pages) {
      const isNew = index >= this.nextIndex;
      if (isNew) this.nextIndex = index + 1;
      if (isNew && !skipped) this.total += 1;
      else if (!isNew && skipped) this.total -= 1;
    }
  }

  private count({ result }: CrawledPage): void {
    this.completed += 1;
    if (result.error === null) this.successful += 1;
    if (result.from_cache) this.fromCache += 1;
    this.parts.metrics.pageEnded(result.error === null ? 'succeeded' : 'failed');
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
