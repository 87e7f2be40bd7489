import type { ServerError, ServerMessage, ServerMessageOf } from '../protocol/messages';
import type { Batch } from './batchQueue';
import { brokenOffByServer, ClientError, refusedByServer } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { RawResult } from './crawlConnection';

export interface BatchExchangeSettings {
  url: string;
  /** For the server to say that it crawls. */
  responseTimeoutMs: number;
  /** Without a byte after that. */
  idleTimeoutMs: number;
  /** Otherwise nothing comes before all results have, so that the idle timeout is for the first answer as well. */
  isStream: boolean;
  /** URLs asked for on the same connection, also in earlier batches whose results may come late. */
  askedUrls: ReadonlySet<string>;
  onProgress: () => void;
  /** A result that came twice or late. */
  onStray: (index: number) => void;
}

/**
 * Every URL has its result; or the server refused the request for one of its URLs; or it knows nothing of the crawl that
 * was to go on.
 */
export type BatchOutcome =
  { kind: 'complete' } | { kind: 'refused'; error: ServerError } | { kind: 'forgotten' };

/** What the server has to do next, and what to say when it does not. */
interface Wait {
  timeoutMs: number;
  complaint: string;
}

/** Errors by which a server says that it cannot do such a request at all (protocol 1.4). */
const finalRefusals = ['unknown_request', 'feature_disabled'];

/** One crawl request and the answers to it. */
export class BatchExchange {
  /** @throws {ClientError} why the answers ended before the batch was complete. */
  readonly outcome: Promise<BatchOutcome>;
  private readonly settings: BatchExchangeSettings;
  private readonly account: CrawlAccount;
  /** By place in the request. */
  readonly batch: Batch;
  private readonly missing: Set<number>;
  private state: 'asked' | 'streaming' | 'over' = 'asked';
  private deadline: NodeJS.Timeout | undefined;
  private wait: Wait | undefined;
  private isHeld = false;
  private resolve: (outcome: BatchOutcome) => void = () => undefined;
  private reject: (error: ClientError) => void = () => undefined;

  constructor(settings: BatchExchangeSettings, account: CrawlAccount, batch: Batch) {
    this.settings = settings;
    this.account = account;
    this.batch = batch;
    this.missing = new Set(account.outstandingOf(batch));
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { url } = settings;
    const responseTimeoutMs = settings.isStream ? settings.responseTimeoutMs : settings.idleTimeoutMs;
    this.expectWithin({
      timeoutMs: responseTimeoutMs,
      complaint:
        `${url} did not answer the crawl request within ${responseTimeoutMs} ms.` +
        ' A RipTide server is silent when it cannot read a request; check the crawl options.',
    });
  }

  /** The server crawls, and bytes have come within the idle timeout. */
  get isStreaming(): boolean {
    return this.state === 'streaming';
  }

  /** Any byte counts as life, but only an answer shows that the request was taken. */
  touch(): void {
    if (this.isAnswering) this.deadline?.refresh();
  }

  /** Nothing is read meanwhile, so that nobody can be late. */
  hold(): void {
    this.isHeld = true;
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  /** The time allowed begins anew. */
  release(): void {
    this.isHeld = false;
    if (this.state !== 'over' && this.wait) this.expectWithin(this.wait);
  }

  receive(message: ServerMessage, byteCount: number): void {
    switch (message.message_type) {
      case 'metadata':
        if (this.state === 'asked') this.beginStreaming(message);
        return;
      case 'result':
        this.receiveResult(message, byteCount);
        return;
      case 'summary':
        if (this.isAnswering) this.endEarly();
        return;
      case 'error':
        this.receiveError(message.data);
        return;
      case 'welcome':
      case 'pong':
      case 'status':
      case 'found':
      case 'paused':
      // Those that concern a list are the lane's.
    }
  }

  receiveRaw(raw: RawResult): void {
    this.book(raw.index, raw.url, (index) => this.account.receiveRaw(index, raw));
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
    this.expectWithin({ timeoutMs: idleTimeoutMs, complaint });
    this.account.announce(metadata);
  }

  private receiveResult(message: ServerMessageOf<'result'>, byteCount: number): void {
    const { index: place, result } = message.data;
    this.book(place, result.url, (index) => this.account.receive(index, message, byteCount));
  }

  /** @param place in this request. */
  private book(place: number, url: string, receive: (index: number) => void): void {
    const index = this.isAnswering ? this.batch[place] : undefined;
    if (index === undefined || this.isOfAnotherUrl(index, url) || !this.missing.delete(index)) {
      this.settings.onStray(place);
      return;
    }
    receive(index);
    this.settings.onProgress();
    // The summary adds nothing: its totals are no proof, and a server may have dropped it (protocol 1.9).
    if (this.missing.size === 0 && this.leave()) this.resolve({ kind: 'complete' });
  }

  /** An index means another URL in each request, so a late result would be booked for the wrong one. */
  private isOfAnotherUrl(index: number, url: string): boolean {
    return url !== this.account.urlOf(index) && this.settings.askedUrls.has(url);
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

  private endEarly(): void {
    const text = `${this.settings.url} ended a crawl without ${this.missing.size} of its ${this.batch.length} results.`;
    this.fail(new ClientError('results-missing', text));
  }

  private expectWithin(wait: Wait): void {
    clearTimeout(this.deadline);
    this.wait = wait;
    if (this.isHeld) return;
    const { timeoutMs, complaint } = wait;
    this.deadline = setTimeout(() => this.fail(new ClientError('response-timeout', complaint)), timeoutMs);
  }

  /** False when it was over already. */
  private leave(): boolean {
    if (this.state === 'over') return false;
    this.state = 'over';
    clearTimeout(this.deadline);
    return true;
  }
}
