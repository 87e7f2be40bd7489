import type { CrawlOptions, ExtractedDocument, SiteOptions, SkipRule } from '../protocol/messages';

/** Times are in milliseconds since the epoch. */
export type CrawlState =
  | { kind: 'running' }
  | { kind: 'completed'; endedAtMs: number }
  | { kind: 'cancelled'; endedAtMs: number }
  | { kind: 'failed'; endedAtMs: number; reason: string; message: string }
  /** The user stopped it for now. */
  | { kind: 'paused' }
  /** The editor ended while the crawl ran. */
  | { kind: 'interrupted' };

/** Which pages that failed are asked for again when a crawl is resumed. */
export type Retry = 'none' | 'failed' | { index: number };

/** Always: asked = succeeded + failed + skipped + outstanding. */
export interface PageCounts {
  asked: number;
  succeeded: number;
  failed: number;
  skipped: number;
  outstanding: number;
}

export interface NewCrawl {
  id: string;
  title: string;
  /** What crawled it: the server's address, or `built-in`. */
  server: string;
  /** Of the built-in engine: another one may read another document out of the same page. */
  serverVersion?: string | undefined;
  startedAtMs: number;
  /** In the order asked; a URL's position is its page's index. */
  urls: readonly string[];
  options?: CrawlOptions;
  /** Of a crawl that follows links: `urls` are its seeds then. */
  site?: SiteOptions;
}

export interface CrawlRecord {
  id: string;
  title: string;
  server: string;
  startedAtMs: number;
  /** What each of its pages is asked with. */
  options: CrawlOptions;
  /** `null` for a crawl of a list. */
  site: SiteOptions | null;
  /** Spent before it was last resumed, until its last result then. */
  elapsedBeforeMs: number;
  state: CrawlState;
  counts: PageCounts;
}

export interface HostRecord {
  /** With the port where the URL names one; empty for a URL that does not parse. */
  host: string;
  counts: PageCounts;
}

/** Status of a page that its server did not send again: it opens as its earlier copy. */
export const unchangedStatus = 304;

export type PageOutcome =
  | { kind: 'outstanding' }
  | {
      kind: 'succeeded';
      status: number;
      title: string | null;
      processingMs: number;
      /** Size of the Markdown (else the text, else the raw page) in UTF-8 bytes. */
      sizeBytes: number;
      /** 0 to 100. */
      quality: number | null;
      isTruncated: boolean;
      finishedAtMs: number;
    }
  | {
      kind: 'failed';
      status: number;
      errorType: string;
      message: string;
      isRetryable: boolean;
      processingMs: number;
      finishedAtMs: number;
    }
  /** `rule` is that of a site crawl; `null` when the server does not take the URL. */
  | { kind: 'skipped'; rule: SkipRule | null; reason: string };

/** One URL of a crawl, without what was read from it. */
export interface PageRecord {
  crawlId: string;
  index: number;
  url: string;
  host: string;
  /** Links away from a seed; 0 for what the user asked for. */
  depth: number;
  /** The page, or the sitemap, that names it; `null` for what the user asked for. */
  foundOn: string | null;
  outcome: PageOutcome;
}

/** A page of a site crawl, as far as it matters when that is taken up again. */
export interface SitePage {
  url: string;
  depth: number;
  isSeed: boolean;
  outcome: PageOutcomeKind;
  /** Why it was skipped. */
  rule: SkipRule | null;
  /** What the server wants to be told of it then. */
  memo: string | null;
}

export interface StoredPage extends PageRecord {
  /** `null` unless the page succeeded with one. */
  document: ExtractedDocument | null;
}

export type PageOutcomeKind = PageOutcome['kind'];

/** Which pages of a crawl, in index order. */
export interface PageQuery {
  crawlId: string;
  /** Matches anywhere in URL, title or error text, ignoring case. */
  text?: string;
  host?: string;
  outcome?: PageOutcomeKind;
  offset: number;
  limit: number;
}

export interface PageList {
  pages: PageRecord[];
  /** Matches in all, beyond this window. */
  total: number;
}
