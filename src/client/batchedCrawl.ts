import { maxUrlsPerCrawl } from '../protocol/limits';
import type { ClientMessage, CrawlOptions, PageResult, ServerMessageOf, Summary } from '../protocol/messages';
import { ProtocolError } from '../protocol/protocolError';

/** What the answers to a crawl request consist of. */
export type CrawlAnswer = ServerMessageOf<'metadata' | 'result' | 'summary'>;

/**
 * Cuts a list of any length into requests a server takes, one after the other, and folds the answers into those of
 * one crawl: indexes are those of the whole list, and metadata, progress and summary count over all of it.
 */
export class BatchedCrawl {
  readonly total: number;
  private readonly urls: readonly string[];
  private readonly options: CrawlOptions | null;
  private readonly received = new Set<number>();
  private isAnnounced = false;
  private succeeded = 0;
  private batchStart = 0;
  private batchEnd = 0;
  private summed: Summary;

  constructor(urls: readonly string[], options: CrawlOptions | null) {
    this.urls = [...urls];
    this.options = options;
    this.total = urls.length;
    this.summed = { total_urls: this.total, successful: 0, failed: 0, total_processing_time_ms: 0 };
  }

  /** Different indexes that came so far. */
  get receivedCount(): number {
    return this.received.size;
  }

  /** The request for the next batch; undefined when there is none left. */
  nextRequest(): ClientMessage | undefined {
    if (this.batchEnd === this.total) return undefined;
    this.batchStart = this.batchEnd;
    this.batchEnd = Math.min(this.batchStart + maxUrlsPerCrawl, this.total);
    const urls = this.urls.slice(this.batchStart, this.batchEnd);
    return {
      request_type: 'crawl',
      data: this.options === null ? { urls } : { urls, options: this.options },
    };
  }

  /**
   * The answer as the caller of the one crawl sees it; undefined when it says nothing new there: the metadata and
   * summaries between batches, and a result that came before.
   *
   * @throws {ProtocolError} when a result's index is none of the batch.
   */
  fold(answer: CrawlAnswer): CrawlAnswer | undefined {
    switch (answer.message_type) {
      case 'metadata':
        if (this.isAnnounced) return undefined;
        this.isAnnounced = true;
        return { ...answer, data: { ...answer.data, total_urls: this.total } };
      case 'result': {
        const data = this.foldResult(answer.data);
        return data && { ...answer, data };
      }
      case 'summary':
        this.addSummary(answer.data);
        return this.batchEnd === this.total ? { ...answer, data: this.summed } : undefined;
    }
  }

  private foldResult(page: PageResult): PageResult | undefined {
    const index = this.batchStart + page.index;
    if (index >= this.batchEnd) {
      const range = `0 to ${this.batchEnd - this.batchStart - 1}`;
      throw new ProtocolError('bad-field', 'data.index', `data.index must be ${range}, but is ${page.index}`);
    }
    if (this.received.has(index)) return undefined;
    this.received.add(index);
    if (page.result.error === null) this.succeeded += 1;
    const completed = this.received.size;
    const progress = { completed, total: this.total, success_rate: this.succeeded / completed };
    return { ...page, index, progress };
  }

  private addSummary(summary: Summary): void {
    this.summed = {
      total_urls: this.total,
      successful: this.summed.successful + summary.successful,
      failed: this.summed.failed + summary.failed,
      total_processing_time_ms: this.summed.total_processing_time_ms + summary.total_processing_time_ms,
    };
  }
}
