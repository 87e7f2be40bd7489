import type { ClientError } from './clientError';
import type { CrawlInProgress } from './crawlEvent';
import { CrawlLane } from './crawlLane';
import type { CrawlLaneSettings } from './crawlLaneSettings';
import type { CrawlTask } from './crawlTask';
import { EventStream, type EventSource, type EventStreamSettings } from './eventStream';
import type { LedgerCounts } from './ledger';

export interface CrawlStreamSettings<Event>
  extends EventStreamSettings<Event>, Omit<CrawlLaneSettings, 'onLetIn'> {
  /** Connections at once. */
  maxConnections: number;
  /** @param emit gets what is to be told, with how many bytes it came in. */
  openTask: (emit: (event: Event, byteCount?: number) => void) => CrawlTask;
}

/** A crawl of a list or of a site, lossless. */
export class CrawlStream<Event> implements CrawlInProgress<Event>, EventSource {
  private readonly settings: CrawlStreamSettings<Event>;
  private readonly events: EventStream<Event>;
  private readonly task: CrawlTask;
  private readonly lanes: CrawlLane[] = [];
  private isHeld = false;

  constructor(settings: CrawlStreamSettings<Event>) {
    this.settings = settings;
    this.events = new EventStream(settings, this);
    this.task = settings.openTask((event, byteCount) => this.events.deliver(event, byteCount));
  }

  get isReadingPaused(): boolean {
    return this.events.isReadingPaused;
  }

  get counts(): LedgerCounts {
    return this.task.account.ledger.counts;
  }

  outstandingIndexes(): number[] {
    return this.task.account.ledger.outstandingIndexes();
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
  next(): Promise<IteratorResult<Event, undefined>> {
    return this.events.next();
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<Event, undefined>> {
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
      },
      this.task,
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
    const wanted = Math.min(this.settings.maxConnections, this.task.account.batches.plannedBatches);
    while (this.events.isRunning && this.lanes.length < wanted) this.addLane();
  }

  private endWhenSettled(): void {
    if (!this.events.isRunning || this.counts.outstanding > 0) return;
    this.task.account.summarize();
    this.events.end();
  }
}
