import { ClientError } from './clientError';
import type { LedgerCounts } from './ledger';
import { MessageQueue } from './messageQueue';
import { SiteAccount, type SiteAccountSettings } from './siteAccount';
import type { SiteCrawl, SiteCrawlEvent } from './siteCrawlEvent';
import { SiteCrawlLane, type SiteCrawlLaneSettings } from './siteCrawlLane';

export interface SiteCrawlStreamSettings
  extends SiteAccountSettings, Omit<SiteCrawlLaneSettings, 'onReconnecting'> {
  signal: AbortSignal | undefined;
  onEvent: ((event: SiteCrawlEvent) => void) | undefined;
  /** Where the crawl is found while it runs. */
  running: Set<SiteCrawlStream>;
}

/** A site crawl over a connection of its own, lossless. Reading never waits for the iteration. */
export class SiteCrawlStream implements SiteCrawl {
  private readonly settings: SiteCrawlStreamSettings;
  private readonly account: SiteAccount;
  private readonly lane: SiteCrawlLane;
  private readonly queue: MessageQueue<SiteCrawlEvent>;
  private state: 'unstarted' | 'running' | 'over' = 'unstarted';

  constructor(settings: SiteCrawlStreamSettings) {
    this.settings = settings;
    this.queue = new MessageQueue(settings.metrics.unread);
    this.account = new SiteAccount(settings, (event) => this.deliver(event));
    const onReconnecting: SiteCrawlLaneSettings['onReconnecting'] = (data) =>
      this.deliver({ message_type: 'reconnecting', data });
    this.lane = new SiteCrawlLane({ ...settings, onReconnecting }, this.account);
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
  async next(): Promise<IteratorResult<SiteCrawlEvent, undefined>> {
    if (this.settings.signal?.aborted) this.cancel();
    else if (this.state === 'unstarted') this.start();
    return this.queue.next();
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<SiteCrawlEvent, undefined>> {
    this.end(undefined);
    this.queue.discard();
    return this.queue.next();
  }

  /** Ends the crawl for a reason that lies outside of it. */
  fail(error: ClientError): void {
    this.end(this.withCount(error));
  }

  private start(): void {
    if (this.settings.seeds.length === 0) {
      this.end(new ClientError('crawl-refused', 'A crawl needs at least one URL, but the list is empty.'));
      return;
    }
    this.state = 'running';
    this.settings.running.add(this);
    this.settings.signal?.addEventListener('abort', this.cancel);
    this.lane.run().then(
      () => {
        this.account.pages.summarize();
        this.end(undefined);
      },
      (error: unknown) => this.end(error instanceof ClientError ? this.withCount(error) : (error as Error)),
    );
  }

  private deliver(event: SiteCrawlEvent): void {
    if (this.state === 'over') return;
    this.queue.push(event);
    try {
      this.settings.onEvent?.(event);
    } catch (error) {
      this.settings.logger.error(`The onEvent callback of a crawl threw: ${String(error)}`);
    }
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
    this.lane.stop(new ClientError('cancelled', 'The crawl has ended.'));
    this.queue.end(error);
    this.settings.running.delete(this);
  }

  private withCount(error: ClientError): ClientError {
    const { asked, outstanding } = this.counts;
    return error.withMessage(`${error.message} ${outstanding} of ${asked} URLs are outstanding.`);
  }
}
