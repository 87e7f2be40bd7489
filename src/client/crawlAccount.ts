import { rfc3339 } from '../protocol/encode';
import type { CrawlResult, Progress, ServerMessageOf } from '../protocol/messages';
import type { Batch, BatchQueue } from './batchQueue';
import type { ClientMetricsCounter } from './clientMetrics';
import type { RawResult } from './crawlConnection';
import type { CrawlEvent, PausedEvent, ReconnectingEvent } from './crawlEvent';
import { Ledger } from './ledger';

/** One crawl's books: what is still to be asked for, what became of the rest, and the events that tell it. */
export class CrawlAccount {
  readonly ledger: Ledger;
  readonly batches: BatchQueue;
  private readonly asked: string[];
  private readonly metrics: ClientMetricsCounter;
  private readonly emit: (event: CrawlEvent, byteCount?: number) => void;
  private readonly askedAgain = new Set<number>();
  private readonly startedAtMs = performance.now();
  private isWelcomed = false;
  private isAnnounced = false;
  private hasResult = false;

  /** @param emit gets with each event how many bytes it came in. */
  constructor(
    urls: readonly string[],
    batches: BatchQueue,
    metrics: ClientMetricsCounter,
    emit: (event: CrawlEvent, byteCount?: number) => void,
  ) {
    this.asked = [...urls];
    this.ledger = new Ledger(urls.length);
    this.batches = batches;
    this.metrics = metrics;
    this.emit = emit;
  }

  urlOf(index: number): string {
    return this.asked[index] ?? '';
  }

  get urls(): readonly string[] {
    return this.asked;
  }

  /** One more URL of the crawl. Returns its index. */
  add(url: string): number {
    this.asked.push(url);
    return this.ledger.grow();
  }

  /** Only the first welcome of a crawl is told. */
  welcome(message: ServerMessageOf<'welcome'>): void {
    if (this.isWelcomed) return;
    this.isWelcomed = true;
    this.emit(message);
  }

  /** Only the first metadata of a crawl is told, with the total of all batches. */
  announce(message: ServerMessageOf<'metadata'>): void {
    if (this.isAnnounced) return;
    this.isAnnounced = true;
    this.emit({ ...message, data: { ...message.data, total_urls: this.urls.length } });
  }

  /** False for a second result of the same index, which changes nothing. */
  receive(index: number, message: ServerMessageOf<'result'>, byteCount = 0): boolean {
    const isNew = this.settle(index, isSuccess(message.data.result) ? 'succeeded' : 'failed');
    if (!isNew) return false;
    this.emit({ ...message, data: { ...message.data, index, progress: this.progress() } }, byteCount);
    return true;
  }

  /** As {@link receive}; only pages that were read well come raw. */
  receiveRaw(index: number, { url, bytes }: RawResult): boolean {
    if (!this.settle(index, 'succeeded')) return false;
    const data = { index, url, bytes, progress: this.progress() };
    this.emit({ message_type: 'raw-result', data }, bytes.length);
    return true;
  }

  skip(index: number, reason: string): void {
    if (!this.ledger.settle(index, 'skipped')) return;
    const data = { index, url: this.urlOf(index), reason, progress: this.progress() };
    this.emit({ message_type: 'skipped', data });
  }

  failTooLarge(index: number, message: string): void {
    if (!this.ledger.settle(index, 'failed')) return;
    const url = this.urlOf(index);
    const data = { index, url, reason: 'too-large' as const, message, progress: this.progress() };
    this.emit({ message_type: 'undeliverable', data });
  }

  /** The server holds of its own accord. */
  pause(message: PausedEvent): void {
    this.emit(message);
  }

  reconnect(data: Omit<ReconnectingEvent['data'], 'outstanding'>): void {
    const { outstanding } = this.ledger.counts;
    this.emit({ message_type: 'reconnecting', data: { ...data, outstanding } });
  }

  outstandingOf(batch: Batch): Batch {
    return batch.filter((index) => this.ledger.isOutstanding(index));
  }

  /** Notes that these have been asked for in vain, before they go back into the queue. */
  countResends(batch: Batch): void {
    this.metrics.resentUrls += batch.length;
    for (const index of batch) this.askedAgain.add(index);
  }

  summarize(): void {
    const { asked, succeeded, failed, skipped } = this.ledger.counts;
    const total_processing_time_ms = Math.round(performance.now() - this.startedAtMs);
    this.emit({
      message_type: 'summary',
      data: { total_urls: asked, successful: succeeded, failed, skipped, total_processing_time_ms },
      timestamp: rfc3339(new Date()),
    });
  }

  private settle(index: number, settlement: 'succeeded' | 'failed'): boolean {
    const isNew = this.ledger.settle(index, settlement);
    if (!isNew) return false;
    if (!this.hasResult) this.metrics.firstResult.record(performance.now() - this.startedAtMs);
    this.hasResult = true;
    if (this.askedAgain.delete(index)) this.metrics.recoveredResults += 1;
    return true;
  }

  private progress(): Progress {
    const { asked, succeeded, outstanding } = this.ledger.counts;
    const completed = asked - outstanding;
    return { completed, total: asked, success_rate: succeeded / completed };
  }
}

/** A server's placeholder carries neither an error nor a document; nor does a page that is as it was. */
function isSuccess({ error, document, status }: CrawlResult): boolean {
  return error === null && (document !== null || (status >= 200 && status < 300) || status === 304);
}
