import type { Logger } from '../base/logger';
import { ClientError } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { LedgerCounts } from './ledger';
import { MessageQueue } from './messageQueue';

/**
 * Of what a crawl has received and its reader has not taken: above the first nothing more is read, at the second reading
 * goes on. It lies in the larger pieces in which the socket was read, so that it takes about twice the memory. The batch
 * that a 1.0 server has under way, which it would drop for a slow reader, finds its place at 60 KB a page.
 */
const maxUnreadBytes = 6 * 1024 * 1024;
const lowUnreadBytes = 3 * 1024 * 1024;

export interface EventStreamSettings<Event> {
  url: string;
  urls: readonly string[];
  signal: AbortSignal | undefined;
  onEvent: ((event: Event) => void) | undefined;
  /** Where the crawl is found while it runs. */
  running: Set<RunningCrawl>;
  /** `isReadingPaused` has changed. */
  onReadingChange: () => void;
  logger: Logger;
  metrics: ClientMetricsCounter;
}

export interface RunningCrawl {
  readonly isReadingPaused: boolean;
  /** Ends the crawl for a reason that lies outside of it. */
  fail(error: ClientError): void;
}

/** What crawls of all kinds own to get their events, lossless. */
export interface EventSource {
  readonly counts: LedgerCounts;
  start(): void;
  /** Ends what is under way; also when there is nothing. */
  stop(error: ClientError): void;
  pauseReading(): void;
  resumeReading(): void;
}

/** The events of a crawl, iterated once. Reading waits for the iteration only when very much is unread. */
export class EventStream<Event> implements RunningCrawl {
  private readonly settings: EventStreamSettings<Event>;
  private readonly source: EventSource;
  private readonly queue: MessageQueue<Event>;
  private state: 'unstarted' | 'running' | 'over' = 'unstarted';
  private isPaused = false;

  constructor(settings: EventStreamSettings<Event>, source: EventSource) {
    this.settings = settings;
    this.source = source;
    this.queue = new MessageQueue(settings.metrics.unread);
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  get isReadingPaused(): boolean {
    return this.isPaused;
  }

  /** @throws {ClientError} once, after what arrived before the error was read; at once after an abort. */
  next(): Promise<IteratorResult<Event, undefined>> {
    if (this.settings.signal?.aborted) this.cancel();
    else if (this.state === 'unstarted') this.start();
    const event = this.queue.next();
    if (this.isPaused && this.queue.unreadBytes <= lowUnreadBytes) this.resumeReading();
    return event;
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<Event, undefined>> {
    this.end();
    this.queue.discard();
    return this.queue.next();
  }

  /** Ends the crawl, with the error after what is unread. */
  fail(error: unknown): void {
    this.end(error instanceof ClientError ? this.withCount(error) : (error as Error));
  }

  deliver(event: Event, byteCount?: number): void {
    if (this.state === 'over') return;
    this.queue.push(event, byteCount);
    if (!this.isPaused && this.queue.unreadBytes > maxUnreadBytes) this.pauseReading();
    try {
      this.settings.onEvent?.(event);
    } catch (error) {
      this.settings.logger.error(`The onEvent callback of a crawl threw: ${String(error)}`);
    }
  }

  end(error?: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.settings.signal?.removeEventListener('abort', this.cancel);
    // A server that still crawls would not read a Close frame before it is through.
    this.source.stop(new ClientError('cancelled', 'The crawl has ended.'));
    this.queue.end(error);
    if (this.isPaused) this.resumeReading();
    this.settings.running.delete(this);
  }

  private start(): void {
    if (this.settings.urls.length === 0) {
      this.end(new ClientError('crawl-refused', 'A crawl needs at least one URL, but the list is empty.'));
      return;
    }
    this.state = 'running';
    this.settings.running.add(this);
    this.settings.signal?.addEventListener('abort', this.cancel);
    this.source.start();
  }

  private pauseReading(): void {
    this.isPaused = true;
    this.settings.logger.warn(
      `${this.settings.url}: reading is paused, since what it sends is not taken as fast.`,
    );
    this.source.pauseReading();
    this.settings.onReadingChange();
  }

  private resumeReading(): void {
    this.isPaused = false;
    this.source.resumeReading();
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

  private withCount(error: ClientError): ClientError {
    const { asked, outstanding } = this.source.counts;
    return error.withMessage(`${error.message} ${outstanding} of ${asked} URLs are outstanding.`);
  }
}
