import type { ClientMetrics } from '../client/clientMetrics';
import type { Latency } from '../client/latencyWindow';
import type { CrawlOptions, SiteOptions, Status } from '../protocol/messages';
import type { CrawlRecord, StoredPage } from '../store/records';
import type { UrlSource } from './urlSource';

/** What `activate()` returns to other extensions: `extensions.getExtension<RipTideApi>('riptide.riptide')`. */
export interface RipTideApi {
  /**
   * Crawls the URLs with the server in use and keeps the pages with all other crawls. A page at a private address fails
   * as `blocked-address`, unless `source` says that the user typed these URLs; resuming the crawl does not change that.
   * @throws an Error with a stable `reason` when the crawl cannot be stored.
   */
  crawl(urls: readonly string[], options?: CrawlOptions, source?: UrlSource): Promise<CrawlHandle>;
  /**
   * Crawls the seeds and what they link to, as far as `site` says, and the user's settings where it says nothing.
   * Private addresses are reached as by {@link crawl}, and at the servers of the seeds alone.
   * @throws an Error with a stable `reason` when the crawl cannot be stored.
   */
  crawlSite(seeds: readonly string[], site?: Partial<SiteOptions>, source?: UrlSource): Promise<CrawlHandle>;
  /** Round trip on an open connection, in milliseconds. @throws an Error with a stable `reason`. */
  ping(): Promise<{ latencyMs: number; sessionId: string; serverTime: string }>;
  /** The server's figures of this session. @throws an Error with a stable `reason`. */
  status(): Promise<Status>;
  /** What was counted and measured since the editor started, over all servers; no request is made for it. */
  metrics(): RipTideMetrics;
}

export type RipTideMetrics = ClientMetrics & {
  /** Of the last pings to the server in use; null before there was one. */
  latency: Latency | null;
};

export interface CrawlHandle {
  id: string;
  /** Settles when the crawl has ended, however it ended; `state` tells how. */
  ended: Promise<CrawlRecord>;
  cancel(): void;
  /** What is stored of the crawl now, in the order asked, read as it is iterated. */
  pages(): AsyncIterable<StoredPage>;
}
