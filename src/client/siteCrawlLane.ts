import { randomUUID } from 'node:crypto';
import type { Logger } from '../base/logger';
import { requestIdsExtension, siteCrawlsExtension } from '../protocol/messages';
import { Backoff } from './backoff';
import type { Batch } from './batchQueue';
import { ClientError } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { Connection } from './connection';
import type { CrawlListener } from './crawlConnection';
import type { ReconnectingEvent } from './crawlEvent';
import { isFatal } from './retryPolicy';
import type { SiteAccount } from './siteAccount';
import { SiteExchange } from './siteExchange';

export interface SiteCrawlLaneSettings {
  url: string;
  responseTimeoutMs: number;
  idleTimeoutMs: number;
  maxRetries: number;
  takesRawResults: boolean;
  /** From 0 to below 1. */
  random: () => number;
  logger: Logger;
  metrics: ClientMetricsCounter;
  /** @throws {ClientError} `closed`. */
  connect: (listener: CrawlListener) => Connection;
  onReconnecting: (event: ReconnectingEvent['data']) => void;
}

/** The connection of a site crawl, replaced whenever it fails: the request is then repeated with what is outstanding. */
export class SiteCrawlLane {
  private readonly settings: SiteCrawlLaneSettings;
  private readonly account: SiteAccount;
  /** What is still to be asked for; more than one batch only while a page is looked for that breaks the connection. */
  private readonly batches: Batch[];
  private connection: Connection | undefined;
  private requestId: string | undefined;
  private exchange: SiteExchange | undefined;
  private lastEnd: ClientError | undefined;
  private backoff = Backoff.none;
  private wake: (() => void) | undefined;
  private isStopped = false;
  private isReadingPaused = false;

  constructor(settings: SiteCrawlLaneSettings, account: SiteAccount) {
    this.settings = settings;
    this.account = account;
    this.batches = [account.pages.ledger.outstandingIndexes()];
  }

  /**
   * Resolves when no page is outstanding, or after `stop`.
   *
   * @throws {ClientError} why the crawl cannot go on.
   */
  async run(): Promise<void> {
    while (!this.isStopped) {
      const batch = this.batches.shift();
      if (batch === undefined) break;
      // A crawl may be resumed with nothing left to do.
      if (batch.length === 0) continue;
      try {
        await this.crawl(batch);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        await this.recover(batch, error);
      }
    }
    this.connection?.close();
  }

  /** Drops the connection; also in the middle of a wait. */
  stop(error: ClientError): void {
    this.isStopped = true;
    this.connection?.fail(error);
    this.wake?.();
  }

  pauseReading(): void {
    this.isReadingPaused = true;
    this.connection?.pause();
    this.exchange?.hold();
  }

  resumeReading(): void {
    this.isReadingPaused = false;
    this.exchange?.release();
    this.connection?.resume();
  }

  unpause(): void {
    if (this.requestId === undefined) return;
    this.connection?.send({ request_type: 'unpause', data: { request_id: this.requestId } });
  }

  private async crawl(batch: Batch): Promise<void> {
    const connection = this.connection ?? (await this.open());
    const data = await this.account.request(batch);
    // The connection may have ended between its welcome and this line.
    if (this.connection !== connection) {
      throw this.lastEnd ?? new ClientError('connection-lost', `${this.settings.url} ended the connection.`);
    }
    if (this.isStopped) return;
    const { requestId } = this;
    const { url, responseTimeoutMs, idleTimeoutMs, metrics, logger } = this.settings;
    this.exchange = new SiteExchange(
      {
        url,
        requestId,
        responseTimeoutMs,
        idleTimeoutMs,
        onProgress: () => (this.backoff = Backoff.none),
        onStray: (index) => {
          metrics.ignoredResults += 1;
          logger.warn(`${url}: skipped a second result for index ${index}.`);
        },
      },
      this.account,
      batch,
    );
    connection.send({
      request_type: 'crawl',
      data,
      ...(requestId !== undefined && { request_id: requestId }),
    });
    if (this.isReadingPaused) this.pauseReading();
    await this.exchange.outcome;
  }

  private open(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = this.settings.connect({
        onReady: (welcome) => {
          const extensions = welcome?.data.extensions ?? [];
          if (!extensions.includes(siteCrawlsExtension)) {
            connection.fail(unsupported(this.settings.url));
            return;
          }
          this.requestId = extensions.includes(requestIdsExtension) ? randomUUID() : undefined;
          if (welcome) this.account.pages.welcome(welcome);
          resolve(connection);
        },
        onMessage: (message, byteCount) => this.exchange?.receive(message, byteCount),
        onRawResult: this.settings.takesRawResults ? (raw) => this.exchange?.receiveRaw(raw) : undefined,
        onActivity: () => this.exchange?.touch(),
        onEnd: (error) => {
          this.connection = undefined;
          this.lastEnd = error;
          reject(error);
          this.exchange?.fail(error);
        },
      });
      this.connection = connection;
      this.exchange = undefined;
    });
  }

  /** Puts back what is outstanding, and waits before the next try; or gives the crawl up. */
  private async recover(batch: Batch, error: ClientError): Promise<void> {
    const { exchange } = this;
    this.connection?.terminate();
    this.connection = undefined;
    this.exchange = undefined;
    if (this.isStopped) return;
    if (error.reason === 'no-websocket') throw unsupported(this.settings.url, error);
    if (isFatal(error)) throw error;
    const rest = exchange?.outstanding() ?? batch;
    // What a page links to is announced before its result, so that nothing can be missing behind the last one.
    if (rest.length === 0) return;
    if (exchange) this.account.pages.countResends(rest);
    if (exchange && error.reason === 'message-too-large') this.isolateTooLarge(batch, rest, error);
    else await this.tryAgain(rest, error, exchange !== undefined);
  }

  /** Which page it was cannot be told: it is the one that is too large when asked for alone. */
  private isolateTooLarge(batch: Batch, rest: Batch, error: ClientError): void {
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0 && rest.includes(only)) {
      this.account.pages.failTooLarge(only, error.message);
      this.batches.push(rest.filter((index) => index !== only));
    } else {
      this.putBackHalved(rest);
    }
    this.announce(error, 0);
  }

  private async tryAgain(rest: Batch, error: ClientError, wasAsked: boolean): Promise<void> {
    // Nothing came of it when no progress has reset the count before.
    const isFruitless = wasAsked && this.backoff.attempt > 0;
    this.backoff = this.backoff.next();
    if (this.backoff.attempt > this.settings.maxRetries) throw error;
    // One URL that breaks the server must not keep the others from being crawled.
    if (isFruitless) this.putBackHalved(rest);
    else this.batches.push(rest);
    const delayMs = Math.max(error.retryAfterMs ?? 0, this.backoff.delayMs(this.settings.random));
    this.announce(error, delayMs);
    await this.pause(delayMs);
  }

  private putBackHalved(batch: Batch): void {
    const middle = Math.ceil(batch.length / 2);
    this.batches.push(batch.slice(0, middle), batch.slice(middle));
  }

  private announce(error: ClientError, delayMs: number): void {
    const { attempt } = this.backoff;
    const { outstanding } = this.account.pages.ledger.counts;
    this.settings.metrics.reconnects += 1;
    this.settings.logger.warn(`${error.message} Connecting again in ${delayMs} ms.`);
    this.settings.onReconnecting({ attempt, delayMs, reason: error.reason, outstanding });
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), delayMs);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      if (this.isStopped) this.wake();
    });
  }
}

function unsupported(url: string, cause?: ClientError): ClientError {
  const text = `${url} cannot crawl whole sites: it takes lists of URLs alone.`;
  return new ClientError('site-crawl-unsupported', `${text} Use the built-in engine for it.`, { cause });
}
