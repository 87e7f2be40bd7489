import { rfc3339 } from '../../protocol/encode';
import type { CountedCrawl } from './countedCrawl';
import type { StreamFormat } from './crawlStream';
import { withDocument, withoutDocument } from './withDocument';

/** From so many URLs on the stream tells its pace, at every tenth page. */
const minUrlsForStatus = 21;
const pagesPerStatus = 10;

/** Told to clients, which must not heed it: a new request is a new crawl, since `Last-Event-ID` is not read. */
const retryMs = 5_000;

/** `POST /crawl/sse`: named events, `progress` before its `result`, both with the URL's index as their id (protocol 3.2). */
export const sseFormat: StreamFormat = {
  transport: 'sse',
  contentType: 'text/event-stream',
  comment: ': the crawl goes on\n\n',

  begin: (requestId, { total, startedAt }) =>
    event(
      'metadata',
      {
        total_urls: total,
        request_id: requestId,
        timestamp: rfc3339(startedAt),
        stream_type: 'crawl',
        retry_interval_ms: retryMs,
      },
      { retry: retryMs },
    ),

  page: ({ index, result }, crawl) => {
    const progress = { ...crawl.progress, cache_hit_rate: crawl.cacheHitRate };
    // The time since the stream began: that of the page alone is in its result.
    const data = { index, result: withoutDocument(result), processing_time_ms: crawl.elapsedMs };
    const page = event('progress', progress, { id: index }) + event('result', data, { id: index });
    const isStatusDue = crawl.total >= minUrlsForStatus && crawl.completed % pagesPerStatus === 0;
    const events = isStatusDue ? page + event('status', status(crawl)) : page;
    return withDocument(Buffer.from(events), result.document);
  },

  end: (crawl) =>
    event(
      'complete',
      {
        ...crawl.summary,
        from_cache: crawl.fromCache,
        cache_hit_rate: crawl.cacheHitRate,
        average_processing_time_ms: crawl.successful === 0 ? 0 : crawl.elapsedMs / crawl.successful,
      },
      { retry: retryMs },
    ),

  refusal: (message) => event('error', { error: { type: 'validation_error', message, retryable: false } }),
};

function status(crawl: CountedCrawl): object {
  return {
    phase: 'processing',
    items_processed: crawl.completed,
    items_remaining: crawl.total - crawl.completed,
    estimated_completion: crawl.estimatedCompletion,
    throughput_per_minute: (crawl.completed / Math.max(1, crawl.elapsedMs)) * 60_000,
  };
}

/** JSON has no line breaks of its own, so one `data` line holds it. */
function event(name: string, data: object, fields: { id?: number; retry?: number } = {}): string {
  const lines = Object.entries({ event: name, ...fields, data: JSON.stringify(data) });
  return `${lines.map(([field, value]) => `${field}: ${value}`).join('\n')}\n\n`;
}
