import { CrawlAccount } from './crawlAccount';
import type { Crawl, CrawlEvent } from './crawlEvent';
import { CrawlLane } from './crawlLane';
import type { CrawlLaneSettings } from './crawlLaneSettings';
import { EventStream, type EventSource, type EventStreamSettings } from './eventStream';
import type { ClientError } from './clientError';
import type { LedgerCounts } from './ledger';

export interface CrawlStreamSettings
  extends
    EventStreamSettings<CrawlEvent>,
    Omit<CrawlLaneSettings, 'onLetIn' | 'onReconnecting' | 'onPaused'> {
  /** Connections at once. */
  maxConnections: number;
}

/** A crawl over connections of its own, lossless. */
export class CrawlStream implements Crawl, EventSource {
  private readonly settings: CrawlStreamSettings;
  private readonly events: EventStream<CrawlEvent>;
  private readonly account: CrawlAccount;
  private readonly lanes: CrawlLane[] = [];
  private isHeld = false;

  constructor(settings: CrawlStreamSettings) {
    this.settings = settings;
    this.events = new EventStream(settings, this);
    this.account = new CrawlAccount(settings.urls, settings.metrics, (event, byteCount) =>
      this.events.deliver(event, byteCount),
    );
  }

  get isReadingPaused(): boolean {
    return this.events.isReadingPaused;
  }

  get counts(): LedgerCounts {
    return this.account.ledger.counts;
  }

  outstandingIndexes(): number[] {
    return this.account.ledger.outstandingIndexes();
  }

  pause(): void {
    this.isHeld = true;
    for (const lane of this.lanes) lane.pause();
  }

  unpause(): void {
    this.isHeld = false;
    for (const lane of this.lanes) lane.unpause();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws {ClientError} once, after what arrived before the error was read; at once after an abort. */
  next(): Promise<IteratorResult<CrawlEvent, undefined>> {
    return this.events.next();
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<CrawlEvent, undefined>> {
    return this.events.return();
  }

  start(): void {
    this.addLane();
  }

  stop(error: ClientError): void {
    for (const lane of this.lanes) lane.stop(error);
  }

  pauseReading(): void {
    for (const lane of this.lanes) lane.pauseReading();
  }

  resumeReading(): void {
    for (const lane of this.lanes) lane.resumeReading();
  }

  private addLane(): void {
    const lane = new CrawlLane(
      {
        ...this.settings,
        // Others follow once the first is let in, so that a refused key costs one request.
        onLetIn: () => this.fillLanes(),
        onReconnecting: (data) => this.events.deliver({ message_type: 'reconnecting', data }),
        onPaused: (event) => this.events.deliver(event),
      },
      this.account,
      (asker) => this.lanes.some((other) => other !== asker && other.isStreaming),
    );
    this.lanes.push(lane);
    if (this.isReadingPaused) lane.pauseReading();
    if (this.isHeld) lane.pause();
    lane.run().then(
      () => this.endWhenSettled(),
      (error: unknown) => this.events.fail(error),
    );
  }

  private fillLanes(): void {
    const wanted = Math.min(this.settings.maxConnections, this.account.batches.plannedBatches);
    while (this.events.isRunning && this.lanes.length < wanted) this.addLane();
  }

  private endWhenSettled(): void {
    if (!this.events.isRunning || this.counts.outstanding > 0) return;
    this.account.summarize();
    this.events.end();
  }
}
