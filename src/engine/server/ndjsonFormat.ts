import { rfc3339 } from '../../protocol/encode';
import type { CountedCrawl } from './countedCrawl';
import type { StreamFormat } from './crawlStream';
import { withDocument, withoutDocument } from './withDocument';

/** From so many URLs on the stream tells its progress, at every fifth page. */
const minUrlsForProgress = 11;
const pagesPerProgress = 5;

/** `POST /crawl/stream`: one JSON object a line, told apart by their keys (protocol 3.1). */
export const ndjsonFormat: StreamFormat = {
  transport: 'ndjson',
  contentType: 'application/x-ndjson',
  comment: null,

  begin: (requestId, { total, startedAt }) =>
    line({ total_urls: total, request_id: requestId, timestamp: rfc3339(startedAt), stream_type: 'crawl' }),

  page: ({ index, result }, crawl) => {
    const page = line({ index, result: withoutDocument(result), progress: crawl.progress });
    const isProgressDue = crawl.total >= minUrlsForProgress && crawl.completed % pagesPerProgress === 0;
    const lines = isProgressDue ? page + line(operationProgress(crawl, result.url)) : page;
    return withDocument(Buffer.from(lines), result.document);
  },

  end: (crawl) => line({ ...crawl.summary, from_cache: crawl.fromCache, cache_hit_rate: crawl.cacheHitRate }),

  refusal: (message) => line({ error: { type: 'validation_error', message, retryable: false } }),
};

function operationProgress(crawl: CountedCrawl, url: string): object {
  return {
    operation_id: 'crawl_stream',
    operation_type: 'batch_crawl',
    started_at: rfc3339(crawl.startedAt),
    current_phase: 'processing',
    progress_percentage: (crawl.completed / crawl.total) * 100,
    items_completed: crawl.completed,
    items_total: crawl.total,
    estimated_completion: crawl.estimatedCompletion,
    current_item: url,
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
