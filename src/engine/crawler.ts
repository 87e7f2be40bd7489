import { createHash } from 'node:crypto';
import type { CrawlRequest, CrawlResult } from '../protocol/messages';
import { CrawlFailure } from './crawlFailure';
import type { PageFetcher } from './fetch/pageFetcher';
import { Lane } from './fetch/politeness';
import type { PageReader } from './pageReader';

/** A request may ask for more at once than the engine's own setting, but not for any number. */
const maxConcurrency = 32;

export interface CrawledPage {
  /** Position of the URL in the request. */
  index: number;
  result: CrawlResult;
}

/** Fetches and extracts the pages of crawl requests; knows neither sockets nor messages. */
export class Crawler {
  private readonly fetcher: PageFetcher;
  private readonly reader: PageReader;

  constructor(fetcher: PageFetcher, reader: PageReader) {
    this.fetcher = fetcher;
    this.reader = reader;
  }

  /** Yields one page for each URL, in the order in which they finish; ends early when `signal` aborts. */
  async *crawl(request: CrawlRequest, signal: AbortSignal): AsyncGenerator<CrawledPage> {
    const done: CrawledPage[] = [];
    const lane = laneFor(request);
    let wake = (): void => undefined;
    // All start at once: who may fetch when is the fetcher's business, which sees every crawl's hosts.
    request.urls.forEach((url, index) => {
      void this.crawlPage(url, request, lane, signal).then((result) => {
        done.push({ index, result });
        wake();
      });
    });
    for (let remaining = request.urls.length; remaining > 0;) {
      const page = done.shift();
      if (page) {
        remaining -= 1;
        yield page;
      } else {
        if (signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  }

  /** Never rejects: whatever happens to a page is its result. */
  private async crawlPage(
    url: string,
    request: CrawlRequest,
    lane: Lane | undefined,
    signal: AbortSignal,
  ): Promise<CrawlResult> {
    let startedAtMs = Date.now();
    try {
      const page = await this.fetcher.fetch(url, signal, () => (startedAtMs = Date.now()), lane);
      const fetchMs = Date.now() - startedAtMs;
      const { document } = await this.reader.read({
        page,
        options: request.options ?? {},
        wantsDirections: false,
        signal,
      });
      return {
        url,
        status: page.status,
        from_cache: false,
        gate_decision: 'raw',
        quality_score: (document.quality_score ?? 0) / 100,
        // The page's own time: neither its turn at the host nor its wait for a free worker is its fault.
        processing_time_ms: fetchMs + (document.parser_metadata?.parse_time_ms ?? 0),
        document,
        error: null,
        cache_key: cacheKey(url, request.options?.cache_mode ?? 'read_through'),
        ...(page.isTruncated && { truncated: true }),
      };
    } catch (error) {
      const failure = asFailure(error);
      return {
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
    }
  }
}

/** A crawl that asks for no number of its own shares the engine's. */
function laneFor(request: CrawlRequest): Lane | undefined {
  const wanted = request.options?.concurrency;
  return wanted === undefined ? undefined : new Lane(Math.min(maxConcurrency, Math.max(1, wanted)));
}

function asFailure(error: unknown): CrawlFailure {
  if (error instanceof CrawlFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CrawlFailure('extraction-failed', `The engine failed on this page: ${message}`, {
    isRetryable: false,
    cause: error,
  });
}

/** Opaque to clients; the form is RipTide's (protocol 1.5). */
function cacheKey(url: string, cacheMode: string): string {
  return `riptide:v1:${cacheMode}:${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;
}
