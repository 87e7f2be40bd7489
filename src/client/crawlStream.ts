import { ClientError } from './clientError';
import { CrawlAccount } from './crawlAccount';
import type { Crawl, CrawlEvent } from './crawlEvent';
import { CrawlLane, type CrawlLaneSettings } from './crawlLane';
import type { LedgerCounts } from './ledger';
import { MessageQueue } from './messageQueue';

/**
 * Of what a crawl has received and its reader has not taken: above the first nothing more is read, at the second reading
 * goes on. Four crawls at once stay well below 100 MB, and the batch of 100 that a 1.0 server has under way, which it
 * would drop for a slow reader, finds its place.
 */
const maxUnreadBytes = 12 * 1024 * 1024;
const lowUnreadBytes = 6 * 1024 * 1024;

export interface CrawlStreamSettings extends Omit<CrawlLaneSettings, 'onLetIn' | 'onReconnecting'> {
  urls: readonly string[];
  /** Connections at once. */
  maxConnections: number;
  signal: AbortSignal | undefined;
  onEvent: ((event: CrawlEvent) => void) | undefined;
  /** Where the crawl is found while it runs. */
  running: Set<CrawlStream>;
  /** `isReadingPaused` has changed. */
  onReadingChange: () => void;
}

/** A crawl over connections of its own, lossless. Reading waits for the iteration only when very much is unread. */
export class CrawlStream implements Crawl {
  private readonly settings: CrawlStreamSettings;
  private readonly account: CrawlAccount;
  private readonly queue: MessageQueue<CrawlEvent>;
  private readonly lanes: CrawlLane[] = [];
  private state: 'unstarted' | 'running' | 'over' = 'unstarted';
  private isPaused = false;

  constructor(settings: CrawlStreamSettings) {
    this.settings = settings;
    this.queue = new MessageQueue(settings.metrics.unread);
    this.account = new CrawlAccount(settings.urls, settings.metrics, (event, byteCount) =>
      this.deliver(event, byteCount),
    );
  }

  get isReadingPaused(): boolean {
    return this.isPaused;
  }

  get counts(): LedgerCounts {
    return this.account.ledger.counts;
  }

  outstandingIndexes(): number[] {
    return this.account.ledger.outstandingIndexes();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws {ClientError} once, after what arrived before the error was read; at once after an abort. */
  async next(): Promise<IteratorResult<CrawlEvent, undefined>> {
    if (this.settings.signal?.aborted) this.cancel();
    else if (this.state === 'unstarted') this.start();
    const event = this.queue.next();
    if (this.isPaused && this.queue.unreadBytes <= lowUnreadBytes) this.resumeReading();
    return event;
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<CrawlEvent, undefined>> {
    this.end(undefined);
    this.queue.discard();
    return this.queue.next();
  }

  /** Ends the crawl for a reason that lies outside of it. */
  fail(error: ClientError): void {
    this.end(this.withCount(error));
  }

  private start(): void {
    if (this.settings.urls.length === 0) {
      this.end(new ClientError('crawl-refused', 'A crawl needs at least one URL, but the list is empty.'));
      return;
    }
    this.state = 'running';
    this.settings.running.add(this);
    this.settings.signal?.addEventListener('abort', this.cancel);
    this.addLane();
  }

  private addLane(): void {
    const lane = new CrawlLane(
      {
        ...this.settings,
        // Others follow once the first is let in, so that a refused key costs one request.
        onLetIn: () => this.fillLanes(),
        onReconnecting: (data) => this.deliver({ message_type: 'reconnecting', data }),
      },
      this.account,
      (asker) => this.lanes.some((other) => other !== asker && other.isStreaming),
    );
    this.lanes.push(lane);
    if (this.isPaused) lane.pauseReading();
    lane.run().then(
      () => this.endWhenSettled(),
      (error: unknown) => this.end(error instanceof ClientError ? this.withCount(error) : (error as Error)),
    );
  }

  private fillLanes(): void {
    const wanted = Math.min(this.settings.maxConnections, this.account.batches.plannedBatches);
    while (this.state === 'running' && this.lanes.length < wanted) this.addLane();
  }

  private endWhenSettled(): void {
    if (this.state !== 'running' || this.counts.outstanding > 0) return;
    this.account.summarize();
    this.end(undefined);
  }

  private deliver(event: CrawlEvent, byteCount?: number): void {
    if (this.state === 'over') return;
    this.queue.push(event, byteCount);
    if (!this.isPaused && this.queue.unreadBytes > maxUnreadBytes) this.pauseReading();
    try {
      this.settings.onEvent?.(event);
    } catch (error) {
      this.settings.logger.error(`The onEvent callback of a crawl threw: ${String(error)}`);
    }
  }

  private pauseReading(): void {
    this.isPaused = true;
    this.settings.logger.warn(
      `${this.settings.url}: reading is paused, since what it sends is not taken as fast.`,
    );
    for (const lane of this.lanes) lane.pauseReading();
    this.settings.onReadingChange();
  }

  private resumeReading(): void {
    this.isPaused = false;
    for (const lane of this.lanes) lane.resumeReading();
    this.settings.onReadingChange();
  }

  // An arrow function, so that the same one can be taken off the signal again.
  private readonly cancel = (): void => {
    const error = new ClientError('cancelled', 'The crawl was cancelled.', {
      cause: this.settings.signal?.reason,
    });
    this.end(error);
    this.queue.discard(error);
  };

  private end(error: Error | undefined): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.settings.signal?.removeEventListener('abort', this.cancel);
    // A server that still crawls would not read a Close frame before it is through.
    const ended = new ClientError('cancelled', 'The crawl has ended.');
    for (const lane of this.lanes) lane.stop(ended);
    this.queue.end(error);
    if (this.isPaused) this.resumeReading();
    this.settings.running.delete(this);
  }

  private withCount(error: ClientError): ClientError {
    const { asked, outstanding } = this.counts;
    return error.withMessage(`${error.message} ${outstanding} of ${asked} URLs are outstanding.`);
  }
}
