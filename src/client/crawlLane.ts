import { conditionalRequestsExtension, type CrawlRequest } from '../protocol/messages';
import { Backoff } from './backoff';
import { BatchExchange, type BatchOutcome } from './batchExchange';
import type { Batch } from './batchQueue';
import { ClientError, type ClientErrorReason } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { CrawlConnection, CrawlTransport, Resumption } from './crawlConnection';
import type { PausedEvent } from './crawlEvent';
import type { CrawlLaneSettings } from './crawlLaneSettings';
import { LaneHold } from './laneHold';
import { isolateRefused, leaveOutRefused } from './refusedUrls';
import { isFatal } from './retryPolicy';
import type { UrlRules } from './urlCheck';

/** A healthy 1.0 server may be silent for 40 s, pings included (protocol 1.10), and a proxy makes it no faster. */
const leastIdleTimeoutMs = 60_000;

/** A request that a later connection may go on with. */
interface Interrupted {
  batch: Batch;
  resumption: Resumption;
}

/** With these, what was sent last may be what broke the connection, so that it must not be sent again. */
const poisons: readonly ClientErrorReason[] = ['message-too-large', 'protocol'];

/**
 * One of the connections of a crawl, replaced whenever it fails: asks for one batch after the other, and puts back
 * what got no answer. A 1.0 server runs one crawl a connection, and drops every later message of one that it found slow.
 */
export class CrawlLane {
  private readonly settings: CrawlLaneSettings;
  private readonly account: CrawlAccount;
  /** Whether another lane gets answers, so that this one may go on trying. */
  private readonly isServerAlive: (asker: CrawlLane) => boolean;
  private connection: CrawlConnection | undefined;
  /** Of the last connection. */
  private transport: CrawlTransport = 'websocket';
  private exchange: BatchExchange | undefined;
  private lastEnd: ClientError | undefined;
  /** Of the crawl that the last connection had under way. */
  private resumption: Resumption | undefined;
  private interrupted: Interrupted | undefined;
  private backoff = Backoff.none;
  private urlRules: UrlRules = 'riptide';
  private takesValidators = false;
  private askedUrls = new Set<string>();
  private wake: (() => void) | undefined;
  private readonly hold = new LaneHold();
  /** A connection broke that was shared, and it cannot be told on whose account. */
  private wantsOwn = false;
  private isStopped = false;

  constructor(
    settings: CrawlLaneSettings,
    account: CrawlAccount,
    isServerAlive: (asker: CrawlLane) => boolean,
  ) {
    this.settings = settings;
    this.account = account;
    this.isServerAlive = isServerAlive;
  }

  get isStreaming(): boolean {
    return this.exchange?.isStreaming ?? false;
  }

  /**
   * Resolves when no batch is left to take, or after `stop`.
   *
   * @throws {ClientError} why the whole crawl cannot go on.
   */
  async run(): Promise<void> {
    for (;;) {
      await this.hold.unpaused;
      if (this.isStopped) break;
      const batch = this.interrupted?.batch ?? this.account.batches.take();
      if (batch === undefined) break;
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
    this.hold.unpause();
  }

  pauseReading(): void {
    this.hold.isReadingPaused = true;
    this.connection?.pause();
    this.holdDeadline();
  }

  resumeReading(): void {
    this.hold.isReadingPaused = false;
    this.holdDeadline();
    this.connection?.resume();
  }

  /** Asks for nothing more; a server that can hold is told to. */
  pause(): void {
    this.hold.pause();
    this.connection?.control?.holdPages();
    this.holdDeadline();
  }

  unpause(): void {
    this.connection?.control?.unholdPages();
    this.hold.unpause();
    this.holdDeadline();
  }

  /** Nobody is late who is not read, or does not crawl. */
  private holdDeadline(): void {
    if (this.hold.isExpected(this.connection?.control !== undefined)) this.exchange?.release();
    else this.exchange?.hold();
  }

  private async crawl(batch: Batch): Promise<void> {
    const connection = this.connection ?? (await this.open());
    // The connection may have ended between its welcome and this line.
    if (this.connection !== connection) throw this.lastEnd ?? this.lost();
    const { interrupted } = this;
    if (this.hold.isPaused && !interrupted) this.account.batches.putBack(batch);
    if (this.hold.isPaused || this.isStopped) return;
    this.interrupted = undefined;
    if (interrupted) await this.goOn(connection, interrupted);
    else await this.askFor(connection, batch);
  }

  /** Falls back to asking for what is outstanding. */
  private async goOn(connection: CrawlConnection, { batch, resumption }: Interrupted): Promise<void> {
    const rest = this.account.outstandingOf(batch);
    if (connection.control) {
      const exchange = this.begin(connection, batch);
      connection.control.takeUp(resumption);
      // It may have been paused before.
      if (!this.hold.isHeldByServer) connection.control.unholdPages();
      if ((await exchange.outcome).kind === 'complete') return;
    }
    this.account.countResends(rest);
    // One URL that breaks the server must not keep the others of its batch from being crawled.
    if (rest.length === batch.length) this.account.batches.putBackHalved(rest);
    else this.account.batches.putBack(rest);
  }

  private async askFor(connection: CrawlConnection, batch: Batch): Promise<void> {
    if (batch.length > connection.maxUrls) {
      this.account.batches.limitTo(connection.maxUrls);
      this.account.batches.putBack(batch);
      return;
    }
    const accepted = leaveOutRefused(this.account, batch, this.urlRules);
    if (accepted.length === 0) return;
    const outcome = await this.ask(connection, accepted);
    if (outcome.kind !== 'refused') return;
    const [only, ...others] = accepted;
    if (only !== undefined && others.length === 0) {
      this.account.skip(only, `refused by the server: ${outcome.error.message.slice(0, 500)}`);
    } else {
      isolateRefused(this.account, accepted);
    }
  }

  private ask(connection: CrawlConnection, batch: Batch): Promise<BatchOutcome> {
    this.hold.forgetServer();
    const { outcome } = this.begin(connection, batch);
    const urls = batch.map((index) => this.account.urlOf(index));
    for (const asked of urls) this.askedUrls.add(asked);
    connection.send({ request_type: 'crawl', data: this.requestFor(batch) });
    return outcome;
  }

  private requestFor(batch: Batch): CrawlRequest {
    const { options, validators } = this.settings;
    const known = batch.map((index) => validators.get(index) ?? null);
    return {
      urls: batch.map((index) => this.account.urlOf(index)),
      ...(options !== null && { options }),
      ...(this.takesValidators && known.some((item) => item !== null) && { validators: known }),
    };
  }

  private begin(connection: CrawlConnection, batch: Batch): BatchExchange {
    const { url, responseTimeoutMs, idleTimeoutMs } = this.settings;
    const exchange = new BatchExchange(
      {
        url,
        responseTimeoutMs,
        isStream: connection.isStream,
        idleTimeoutMs:
          this.urlRules === 'riptide' ? Math.max(leastIdleTimeoutMs, idleTimeoutMs) : idleTimeoutMs,
        askedUrls: this.askedUrls,
        onProgress: () => (this.backoff = Backoff.none),
        onStray: (index) => {
          this.settings.metrics.ignoredResults += 1;
          this.settings.logger.warn(`${url}: skipped a second or late result for index ${index}.`);
        },
      },
      this.account,
      batch,
    );
    this.exchange = exchange;
    // A new connection, after one that failed while reading was paused.
    if (this.hold.isReadingPaused) connection.pause();
    this.holdDeadline();
    return exchange;
  }

  private open(): Promise<CrawlConnection> {
    return new Promise((resolve, reject) => {
      const connection = this.settings.connect(
        {
          onReady: (welcome) => {
            // An HTTP server does not say which rules it has; by the fewer ones nothing is left out that it would take.
            this.urlRules = welcome && welcome.data.extensions === undefined ? 'riptide' : 'engine';
            this.takesValidators = welcome?.data.extensions?.includes(conditionalRequestsExtension) ?? false;
            if (welcome) {
              this.account.welcome(welcome);
              this.settings.onLetIn();
            }
            resolve(connection);
          },
          onMessage: (message, byteCount) => {
            if (message.message_type !== 'error') this.settings.onLetIn();
            if (message.message_type === 'paused') this.notePaused(message);
            this.exchange?.receive(message, byteCount);
          },
          ...(this.settings.takesRawResults && {
            onRawResult: (raw) => {
              this.settings.onLetIn();
              this.exchange?.receiveRaw(raw);
            },
          }),
          onActivity: () => this.exchange?.touch(),
          onEnd: (error, resumption) => {
            this.connection = undefined;
            this.lastEnd = error;
            this.resumption = resumption;
            reject(error);
            this.exchange?.fail(error);
          },
        },
        this.wantsOwn,
      );
      this.connection = connection;
      this.transport = connection.transport;
      this.exchange = undefined;
      this.resumption = undefined;
      this.askedUrls = new Set();
    });
  }

  /** Keeps or puts back what is outstanding, and waits before the next try; or gives the crawl up. */
  private async recover(batch: Batch, error: ClientError): Promise<void> {
    const { exchange, transport } = this;
    const resumption = this.connection?.control?.resumption ?? this.resumption;
    this.connection?.terminate();
    this.connection = undefined;
    this.exchange = undefined;
    if (this.isStopped) return;
    const rest = this.account.outstandingOf(batch);
    if (this.settings.transports.fallBack(transport, error)) {
      this.settings.logger.warn(`${error.message} Going on by ${this.settings.transports.current}.`);
      this.interrupted = undefined;
      this.account.batches.putBack(rest);
      return;
    }
    if (isFatal(error)) throw this.settings.transports.explain(error);
    if (rest.length === 0) return;
    if (exchange && resumption) this.interrupt(exchange.batch, resumption, error);
    const isAskedAgain = exchange !== undefined && !this.interrupted;
    if (isAskedAgain) this.account.countResends(rest);
    if (isAskedAgain && error.reason === 'message-too-large') this.isolateTooLarge(rest, error);
    else await this.tryAgain(rest, error, isAskedAgain && rest.length === batch.length);
  }

  private interrupt(batch: Batch, resumption: Resumption, error: ClientError): void {
    const isPoisoned = poisons.includes(error.reason);
    if (isPoisoned && resumption.isSuspect) return;
    this.interrupted = { batch, resumption };
    if (isPoisoned) this.wantsOwn = true;
  }

  /** Which page it was cannot be told: it is the one that is too large when asked for alone. */
  private isolateTooLarge(rest: Batch, error: ClientError): void {
    const [only, ...others] = rest;
    if (only !== undefined && others.length === 0) this.account.failTooLarge(only, error.message);
    else this.account.batches.putBackHalved(rest);
    this.announce(error, 0);
  }

  private async tryAgain(rest: Batch, error: ClientError, isFruitless: boolean): Promise<void> {
    this.backoff = this.backoff.next();
    if (this.backoff.attempt > this.settings.maxRetries && !this.isServerAlive(this)) throw error;
    // One URL that breaks the server must not keep the others of its batch from being crawled.
    if (isFruitless) this.account.batches.putBackHalved(rest);
    else if (!this.interrupted) this.account.batches.putBack(rest);
    const delayMs = Math.max(error.retryAfterMs ?? 0, this.backoff.delayMs(this.settings.random));
    this.announce(error, delayMs);
    await this.sleep(delayMs);
  }

  private announce(error: ClientError, delayMs: number): void {
    const { attempt } = this.backoff;
    const { outstanding } = this.account.ledger.counts;
    this.settings.metrics.reconnects += 1;
    this.settings.logger.warn(`${error.message} Connecting again in ${delayMs} ms.`);
    this.settings.onReconnecting({ attempt, delayMs, reason: error.reason, outstanding });
  }

  private sleep(delayMs: number): Promise<void> {
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

  private notePaused(message: PausedEvent): void {
    // What was asked for is known.
    if (message.data.reason === 'requested' || !this.hold.noteServer()) return;
    this.holdDeadline();
    this.settings.onPaused(message);
  }

  private lost(): ClientError {
    return new ClientError('connection-lost', `${this.settings.url} ended the connection.`);
  }
}
