import type { RequestMark, ServerError, ServerMessage, ServerMessageOf } from '../protocol/messages';
import { ProtocolError } from '../protocol/protocolError';
import type { Batch } from './batchQueue';
import { brokenOffByServer, ClientError, refusedByServer } from './clientError';
import type { RawResult } from './crawlConnection';
import type { SiteAccount } from './siteAccount';
import { protocolBreach } from './transportFailure';

export interface SiteExchangeSettings {
  url: string;
  /** Messages that bear another one are not ours. */
  requestId: string | undefined;
  /** For the server to say that it crawls. */
  responseTimeoutMs: number;
  /** Without a byte after that. */
  idleTimeoutMs: number;
  onProgress: () => void;
  /** A result that came twice; `index` is the server's. */
  onStray: (index: number) => void;
}

interface Wait {
  timeoutMs: number;
  complaint: string;
}

/** Errors that say what is wrong with the request, so that it would be refused again. */
const finalRefusals = ['validation_error', 'unknown_request', 'feature_disabled'];

/** One request of a site crawl and the answers to it. The server numbers its pages from 0 in each request. */
export class SiteExchange {
  /**
   * Resolves when the server has said that the crawl is over, and each of its pages has an outcome.
   *
   * @throws {ClientError} why the answers ended before that.
   */
  readonly outcome: Promise<void>;
  private readonly settings: SiteExchangeSettings;
  private readonly account: SiteAccount;
  /** Of the whole crawl, by the server's numbers. */
  private readonly indexes: number[];
  private state: 'asked' | 'streaming' | 'over' = 'asked';
  private deadline: NodeJS.Timeout | undefined;
  private wait: Wait | undefined;
  private isHeld = false;
  private resolve: () => void = () => undefined;
  private reject: (error: ClientError) => void = () => undefined;

  constructor(settings: SiteExchangeSettings, account: SiteAccount, batch: Batch) {
    this.settings = settings;
    this.account = account;
    this.indexes = [...batch];
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { url, responseTimeoutMs } = settings;
    const complaint = `${url} did not answer the crawl request within ${responseTimeoutMs} ms.`;
    this.expectWithin({ timeoutMs: responseTimeoutMs, complaint });
  }

  /** Pages of the request, also those found since, without an outcome. */
  outstanding(): Batch {
    return this.account.pages.outstandingOf(this.indexes);
  }

  /** Any byte counts as life, but only an answer shows that the request was taken. */
  touch(): void {
    if (this.state === 'streaming') this.deadline?.refresh();
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

  receiveRaw(raw: RawResult): void {
    if (this.isOurs(raw)) this.book(raw.index, (index) => this.account.pages.receiveRaw(index, raw));
  }

  receive(message: ServerMessage, byteCount: number): void {
    if (!this.isOurs(message)) return;
    switch (message.message_type) {
      case 'metadata':
        if (this.state === 'asked') this.beginStreaming(message);
        return;
      case 'found':
        this.receiveFound(message);
        return;
      case 'result':
        this.book(message.data.index, (index) => this.account.pages.receive(index, message, byteCount));
        return;
      case 'paused':
        this.account.pause(message);
        return;
      case 'summary':
        this.receiveSummary();
        return;
      case 'error':
        this.receiveError(message.data);
        return;
      case 'welcome':
      case 'pong':
      case 'status':
    }
  }

  fail(error: ClientError): void {
    if (this.leave()) this.reject(error);
  }

  private beginStreaming(metadata: ServerMessageOf<'metadata'>): void {
    const { url, idleTimeoutMs } = this.settings;
    this.state = 'streaming';
    const complaint = `${url} sent nothing for ${idleTimeoutMs} ms in the middle of a crawl.`;
    this.expectWithin({ timeoutMs: idleTimeoutMs, complaint });
    this.account.pages.announce(metadata);
  }

  private receiveFound(message: ServerMessageOf<'found'>): void {
    let next = this.indexes.length;
    for (const { index } of message.data.pages) {
      if (index > next) {
        const said = `found page ${index} before page ${next}`;
        this.fail(protocolBreach(this.settings.url, new ProtocolError('bad-field', 'data.pages', said)));
        return;
      }
      if (index === next) next += 1;
    }
    this.account.find(message, this.indexes);
    this.settings.onProgress();
  }

  private isOurs({ request_id }: RequestMark): boolean {
    return this.state !== 'over' && (request_id === undefined || request_id === this.settings.requestId);
  }

  /**
   * @param place by the server's numbers.
   * @param receive returns false for a second result.
   */
  private book(place: number, receive: (index: number) => boolean): void {
    const index = this.indexes[place];
    if (index === undefined || !receive(index)) this.settings.onStray(place);
    else this.settings.onProgress();
  }

  private receiveSummary(): void {
    const missing = this.outstanding().length;
    if (missing > 0) {
      const text = `${this.settings.url} ended a site crawl without ${missing} of its ${this.indexes.length} results.`;
      this.fail(new ClientError('results-missing', text));
    } else if (this.leave()) {
      this.resolve();
    }
  }

  private receiveError(error: ServerError): void {
    const isRefusal = this.state === 'asked' && finalRefusals.includes(error.error_type);
    const { url } = this.settings;
    this.fail(isRefusal ? refusedByServer(url, error) : brokenOffByServer(url, error));
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
