import type { Batch } from './batchQueue';
import { ClientError, type ClientErrorReason } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { Resumption } from './crawlConnection';
import type { PausedEvent } from './crawlEvent';
import type { CrawlExchange } from './crawlExchange';
import type { CrawlLaneSettings } from './crawlLaneSettings';
import { CrawlLine, type LineListener } from './crawlLine';
import type { CrawlTask } from './crawlTask';
import { LaneHold } from './laneHold';
import { LaneTries } from './laneTries';
import { isFatal } from './retryPolicy';

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
  private readonly task: CrawlTask;
  private readonly account: CrawlAccount;
  /** Whether another lane gets answers, so that this one may go on trying. */
  private readonly isServerAlive: (asker: CrawlLane) => boolean;
  private readonly listener: LineListener;
  private readonly hold = new LaneHold();
  private readonly tries: LaneTries;
  private line: CrawlLine | undefined;
  /** Of what is asked for at present. */
  private exchange: CrawlExchange | undefined;
  private interrupted: Interrupted | undefined;
  /** Of a crawl that is asked for anew, while the server still keeps it. */
  private unwanted: Resumption | undefined;
  /** Requests since something last came of one. */
  private fruitless = 0;
  /** A connection broke that was shared, and it cannot be told on whose account. */
  private wantsOwn = false;
  private isStopped = false;

  constructor(settings: CrawlLaneSettings, task: CrawlTask, isServerAlive: (asker: CrawlLane) => boolean) {
    this.settings = settings;
    this.task = task;
    this.account = task.account;
    this.isServerAlive = isServerAlive;
    this.tries = new LaneTries(settings.random);
    this.listener = {
      onProgress: () => {
        this.tries.succeed();
        this.fruitless = 0;
      },
      onPaused: (message) => this.notePaused(message),
    };
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
    this.line?.connection.close();
  }

  /** Drops the connection; also in the middle of a wait. */
  stop(error: ClientError): void {
    this.isStopped = true;
    this.line?.connection.fail(error);
    this.tries.stop();
    this.hold.unpause();
  }

  pauseReading(): void {
    this.hold.isReadingPaused = true;
    this.line?.connection.pause();
    this.holdDeadline();
  }

  resumeReading(): void {
    this.hold.isReadingPaused = false;
    this.holdDeadline();
    this.line?.connection.resume();
  }

  /** Asks for nothing more; a server that can hold is told to. */
  pause(): void {
    this.hold.pause();
    this.line?.connection.control?.holdPages();
    this.holdDeadline();
  }

  unpause(): void {
    this.line?.connection.control?.unholdPages();
    this.task.excludeTime(this.hold.unpause());
    this.holdDeadline();
  }

  /** Nobody is late who is not read, or does not crawl. */
  private holdDeadline(): void {
    if (this.hold.isExpected(this.line?.connection.control !== undefined)) this.exchange?.deadline.release();
    else this.exchange?.deadline.hold();
  }

  private async crawl(batch: Batch): Promise<void> {
    this.exchange = undefined;
    const line = this.line?.isOpen ? this.line : await this.dial();
    const { interrupted } = this;
    if (this.hold.isPaused && !interrupted) this.account.batches.putBack(batch);
    if (this.hold.isPaused || this.isStopped) return;
    this.interrupted = undefined;
    if (interrupted) await this.goOn(line, interrupted);
    else await this.askFor(line, batch);
  }

  private async dial(): Promise<CrawlLine> {
    this.line = undefined;
    const line = new CrawlLine(this.settings, this.task, this.listener, this.wantsOwn);
    this.line = line;
    await line.opened;
    // It may have ended between its welcome and this line.
    if (line.failure) throw line.failure;
    if (this.unwanted) line.connection.control?.giveUp(this.unwanted);
    this.unwanted = undefined;
    return line;
  }

  /** Falls back to asking for what is outstanding. */
  private async goOn(line: CrawlLine, { batch, resumption }: Interrupted): Promise<void> {
    const rest = this.account.outstandingOf(batch);
    const { control } = line.connection;
    if (control) {
      const exchange = this.begin(line, batch);
      control.takeUp(resumption);
      // It may have been paused before.
      if (!this.hold.isHeldByServer) control.unholdPages();
      if ((await exchange.outcome).kind === 'complete') return;
    }
    this.askAgain(rest);
  }

  private async askFor(line: CrawlLine, batch: Batch): Promise<void> {
    const chosen = this.task.choose(batch, line.server);
    if (chosen.length === 0) return;
    const data = await this.task.request(chosen, line.server);
    if (line.failure) throw line.failure;
    if (this.hold.isPaused) this.account.batches.putBack(chosen);
    if (this.hold.isPaused || this.isStopped) return;
    this.hold.forgetServer();
    this.fruitless += 1;
    const exchange = this.begin(line, chosen);
    line.connection.send({ request_type: 'crawl', data });
    const outcome = await exchange.outcome;
    if (outcome.kind === 'refused') this.task.refuse(chosen, outcome.error);
  }

  private begin(line: CrawlLine, batch: Batch): CrawlExchange {
    const exchange = line.begin(batch);
    this.exchange = exchange;
    // A new connection, after one that failed while reading was paused.
    if (this.hold.isReadingPaused) line.connection.pause();
    this.holdDeadline();
    return exchange;
  }

  /** Keeps or puts back what is outstanding, and waits before the next try; or gives the crawl up. */
  private async recover(batch: Batch, error: ClientError): Promise<void> {
    const { line, exchange } = this;
    const resumption = line?.resumption;
    this.line = undefined;
    this.exchange = undefined;
    line?.connection.terminate();
    if (this.isStopped) return;
    const rest = this.account.outstandingOf(exchange?.indexes ?? batch);
    if (rest.length === 0) {
      await this.hearTheEnd(error, exchange, resumption);
      return;
    }
    const substitute = line && this.task.fallBack(line.connection.transport, error);
    if (substitute) {
      this.settings.logger.warn(`${error.message} Going on by ${substitute}.`);
      this.interrupted = undefined;
      this.account.batches.putBack(rest);
      return;
    }
    if (isFatal(error)) throw this.task.explain(error);
    if (exchange && resumption) this.interrupt(exchange.indexes, resumption, error);
    if (!exchange || this.interrupted) {
      if (!this.interrupted) this.account.batches.putBack(rest);
      if (!(await this.tryAgain(error))) throw error;
    } else if (error.reason === 'message-too-large') {
      this.isolateTooLarge(exchange.batch, rest, error);
    } else {
      this.askAgain(rest);
      if (!(await this.tryAgain(error))) throw error;
    }
  }

  /** Behind the last result a server may still tell what it has left out; a crawl that misses that is complete all the same. */
  private async hearTheEnd(
    error: ClientError,
    exchange: CrawlExchange | undefined,
    resumption: Resumption | undefined,
  ): Promise<void> {
    const mayTellMore = this.task.endsBySummary && !isFatal(error);
    if (mayTellMore && exchange && resumption) this.interrupt(exchange.indexes, resumption, error);
    if (this.interrupted && (!mayTellMore || !(await this.tryAgain(error)))) this.interrupted = undefined;
  }

  private interrupt(batch: Batch, resumption: Resumption, error: ClientError): void {
    const isPoisoned = poisons.includes(error.reason);
    if (isPoisoned && resumption.isSuspect) {
      this.unwanted = resumption;
      return;
    }
    this.interrupted = { batch, resumption };
    if (isPoisoned) this.wantsOwn = true;
  }

  /** Later, what was asked for in vain; in halves when nothing comes of it, so that one page that breaks the server costs no other. */
  private askAgain(rest: Batch): void {
    this.account.countResends(rest);
    if (this.fruitless > this.task.maxFruitless) this.account.batches.putBackHalved(rest);
    else this.account.batches.putBack(rest);
  }

  /** Which page it was cannot be told: it is the one that is too large when asked for alone, or the last one. */
  private isolateTooLarge(batch: Batch, rest: Batch, error: ClientError): void {
    const { batches } = this.account;
    const alone = [batch, rest].flatMap((each) => (each.length === 1 ? each : []));
    const culprit = alone.find((index) => rest.includes(index));
    this.account.countResends(rest);
    if (culprit === undefined) {
      batches.putBackHalved(rest);
    } else {
      this.account.failTooLarge(culprit, error.message);
      batches.putBack(rest.filter((index) => index !== culprit));
    }
    this.announce(error, 0);
  }

  /** Waits until it is time for it; false when there were enough tries. */
  private async tryAgain(error: ClientError): Promise<boolean> {
    this.tries.fail();
    if (this.tries.attempt > this.settings.maxRetries && !this.isServerAlive(this)) return false;
    const delayMs = this.tries.delayMs(error.retryAfterMs);
    this.announce(error, delayMs);
    await this.tries.wait(delayMs);
    return true;
  }

  private announce(error: ClientError, delayMs: number): void {
    this.settings.metrics.reconnects += 1;
    this.settings.logger.warn(`${error.message} Connecting again in ${delayMs} ms.`);
    this.account.reconnect({ attempt: this.tries.attempt, delayMs, reason: error.reason });
  }

  private notePaused(message: PausedEvent): void {
    // What was asked for is known.
    if (message.data.reason === 'requested' || !this.hold.noteServer()) return;
    this.holdDeadline();
    this.account.pause(message);
  }
}
