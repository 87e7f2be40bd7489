import type { ClientError } from './clientError';
import { EventStream, type EventSource, type EventStreamSettings } from './eventStream';
import type { LedgerCounts } from './ledger';
import { SiteAccount, type SiteAccountSettings } from './siteAccount';
import type { SiteCrawl, SiteCrawlEvent } from './siteCrawlEvent';
import { SiteCrawlLane, type SiteCrawlLaneSettings } from './siteCrawlLane';

export interface SiteCrawlStreamSettings
  extends
    EventStreamSettings<SiteCrawlEvent>,
    SiteAccountSettings,
    Omit<SiteCrawlLaneSettings, 'onReconnecting'> {}

/** A site crawl over a connection of its own, lossless. */
export class SiteCrawlStream implements SiteCrawl, EventSource {
  private readonly account: SiteAccount;
  private readonly lane: SiteCrawlLane;
  private readonly events: EventStream<SiteCrawlEvent>;

  constructor(settings: SiteCrawlStreamSettings) {
    this.events = new EventStream(settings, this);
    this.account = new SiteAccount(settings, (event, byteCount) => this.events.deliver(event, byteCount));
    const onReconnecting: SiteCrawlLaneSettings['onReconnecting'] = (data) =>
      this.events.deliver({ message_type: 'reconnecting', data });
    this.lane = new SiteCrawlLane({ ...settings, onReconnecting }, this.account);
  }

  get isReadingPaused(): boolean {
    return this.events.isReadingPaused;
  }

  get counts(): LedgerCounts {
    return this.account.pages.ledger.counts;
  }

  outstandingIndexes(): number[] {
    return this.account.pages.ledger.outstandingIndexes();
  }

  unpause(): void {
    this.lane.unpause();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws {ClientError} once, after what arrived before the error was read; at once after an abort. */
  next(): Promise<IteratorResult<SiteCrawlEvent, undefined>> {
    return this.events.next();
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<SiteCrawlEvent, undefined>> {
    return this.events.return();
  }

  start(): void {
    this.lane.run().then(
      () => {
        this.account.pages.summarize();
        this.events.end();
      },
      (error: unknown) => this.events.fail(error),
    );
  }

  stop(error: ClientError): void {
    this.lane.stop(error);
  }

  pauseReading(): void {
    this.lane.pauseReading();
  }

  resumeReading(): void {
    this.lane.resumeReading();
  }
}
