import type { ServerError, ServerMessage, ServerMessageOf } from '../protocol/messages';
import type { Batch } from './batchQueue';
import { brokenOffByServer, ClientError, refusedByServer } from './clientError';
import type { RawResult } from './crawlConnection';
import type { CrawlTask } from './crawlTask';
import { Deadline } from './deadline';
import { protocolBreach } from './transportFailure';

export interface CrawlExchangeSettings {
  url: string;
  /** For the server to say that it crawls. */
  responseTimeoutMs: number;
  /** Without a byte after that. */
  idleTimeoutMs: number;
  /** Otherwise nothing comes before all results have, so that the idle timeout is for the first answer as well. */
  isStream: boolean;
  /** The server answers every request, be it behind what it has to send for others. */
  isShared: boolean;
  /** URLs asked for on the same connection, also in earlier batches whose results may come late. */
  askedUrls: ReadonlySet<string>;
  onProgress: () => void;
  /** A result that came twice or late; `place` is the server's number. */
  onStray: (place: number) => void;
  /** The server breaks the protocol, so that nothing more of this connection can be trusted. */
  onBreach: (error: ClientError) => void;
}

/**
 * Every page has its outcome; or the server refused the request for what it asks; or it knows nothing of the crawl that
 * was to go on.
 */
export type CrawlOutcome =
  { kind: 'complete' } | { kind: 'refused'; error: ServerError } | { kind: 'forgotten' };

/** Errors by which a server says that it cannot do such a request at all (protocol 1.4). */
const finalRefusals = ['unknown_request', 'feature_disabled'];

/** One crawl request and the answers to it. */
export class CrawlExchange {
  /** @throws {ClientError} why the answers ended before each page had its outcome. */
  readonly outcome: Promise<CrawlOutcome>;
  readonly deadline: Deadline;
  /** What was asked for. */
  readonly batch: Batch;
  private readonly settings: CrawlExchangeSettings;
  private readonly task: CrawlTask;
  /** Pages of the request, also those found since, by the server's numbers. */
  private readonly pages: number[];
  /** Results that a request without a last word is still to have. */
  private missing: number;
  private state: 'asked' | 'streaming' | 'over' = 'asked';
  private resolve: (outcome: CrawlOutcome) => void = () => undefined;
  private reject: (error: ClientError) => void = () => undefined;

  constructor(settings: CrawlExchangeSettings, task: CrawlTask, batch: Batch) {
    this.settings = settings;
    this.task = task;
    this.batch = batch;
    this.pages = [...batch];
    this.missing = task.account.outstandingOf(batch).length;
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.deadline = new Deadline((complaint) => this.fail(new ClientError('response-timeout', complaint)));
    const { url } = settings;
    const timeoutMs = settings.isStream ? settings.responseTimeoutMs : settings.idleTimeoutMs;
    const complaint =
      `${url} did not answer the crawl request within ${timeoutMs} ms.` +
      ' A RipTide server is silent when it cannot read a request; check the crawl options.';
    this.deadline.expect({ timeoutMs, complaint });
  }

  /** The server crawls, and bytes have come within the idle timeout. */
  get isStreaming(): boolean {
    return this.state === 'streaming';
  }

  get indexes(): Batch {
    return this.pages;
  }

  /** Any byte counts as life, but a 1.0 server may send some that has not taken the request. */
  touch(): void {
    if (this.isAnswering || this.settings.isShared) this.deadline.touch();
  }

  receive(message: ServerMessage, byteCount: number): void {
    switch (message.message_type) {
      case 'metadata':
        if (this.state === 'asked') this.beginStreaming(message);
        return;
      case 'result': {
        const { index: place, result } = message.data;
        this.book(place, result.url, (index) => this.task.account.receive(index, message, byteCount));
        return;
      }
      case 'found':
        if (this.isAnswering) this.receiveFound(message);
        return;
      case 'summary':
        if (this.isAnswering) this.receiveSummary();
        return;
      case 'error':
        this.receiveError(message.data);
        return;
      case 'welcome':
      case 'pong':
      case 'status':
      case 'paused':
      // These are the lane's, or nobody's.
    }
  }

  receiveRaw(raw: RawResult): void {
    this.book(raw.index, raw.url, (index) => this.task.account.receiveRaw(index, raw));
  }

  fail(error: ClientError): void {
    if (this.leave()) this.reject(error);
  }

  private get isAnswering(): boolean {
    return this.state === 'streaming' || (this.state === 'asked' && !this.settings.isStream);
  }

  private beginStreaming(metadata: ServerMessageOf<'metadata'>): void {
    const { url, idleTimeoutMs } = this.settings;
    this.state = 'streaming';
    const complaint = `${url} sent nothing for ${idleTimeoutMs} ms in the middle of a crawl.`;
    this.deadline.expect({ timeoutMs: idleTimeoutMs, complaint });
    this.task.account.announce(metadata);
  }

  /**
   * @param place by the server's numbers.
   * @param receive returns false for a second result.
   */
  private book(place: number, url: string, receive: (index: number) => boolean): void {
    const index = this.isAnswering ? this.pages[place] : undefined;
    if (index === undefined || this.isOfAnotherUrl(index, url) || !receive(index)) {
      this.settings.onStray(place);
      return;
    }
    this.settings.onProgress();
    this.missing -= 1;
    if (this.missing === 0 && !this.task.endsBySummary) this.complete();
  }

  /** A number means another URL in each request, so a late result would be booked for the wrong one. */
  private isOfAnotherUrl(index: number, url: string): boolean {
    return url !== this.task.account.urlOf(index) && this.settings.askedUrls.has(url);
  }

  private receiveFound(message: ServerMessageOf<'found'>): void {
    try {
      this.task.find(message, this.pages);
      this.settings.onProgress();
    } catch (error) {
      this.settings.onBreach(protocolBreach(this.settings.url, error));
    }
  }

  private receiveSummary(): void {
    const missing = this.task.account.outstandingOf(this.pages).length;
    if (missing === 0) {
      this.complete();
      return;
    }
    const text = `${this.settings.url} ended a crawl without ${missing} of its ${this.pages.length} results.`;
    this.fail(new ClientError('results-missing', text));
  }

  private receiveError(error: ServerError): void {
    const { url } = this.settings;
    if (this.state === 'streaming') {
      this.fail(brokenOffByServer(url, error));
    } else if (error.error_type === 'unknown_crawl') {
      if (this.leave()) this.resolve({ kind: 'forgotten' });
    } else if (error.error_type === 'validation_error') {
      if (this.leave()) this.resolve({ kind: 'refused', error });
    } else {
      const isFinal = finalRefusals.includes(error.error_type);
      this.fail(isFinal ? refusedByServer(url, error) : brokenOffByServer(url, error));
    }
  }

  private complete(): void {
    if (this.leave()) this.resolve({ kind: 'complete' });
  }

  /** False when it was over already. */
  private leave(): boolean {
    if (this.state === 'over') return false;
    this.state = 'over';
    this.deadline.clear();
    return true;
  }
}
