import type { Progress, ServerMessageOf, Summary } from '../protocol/messages';
import type { ClientErrorReason } from './clientError';
import type { LedgerCounts } from './ledger';

/** The server's own message, with index and progress of the whole crawl. */
export type CrawlResultEvent = ServerMessageOf<'result'>;

/** A page that was read well, only for a crawl that takes raw results. */
export interface RawResultEvent {
  message_type: 'raw-result';
  data: {
    index: number;
    url: string;
    /** The server's message as it came, for `decodeRawResult`; its index and progress are those of one request. */
    bytes: Buffer;
    progress: Progress;
  };
}

/** A URL that was not crawled, since the server does not take it; `reason` is for people. */
export interface SkippedEvent {
  message_type: 'skipped';
  data: { index: number; url: string; reason: string; progress: Progress };
}

/** A page that the server has and cannot deliver: its result is above the message limit, which `message` names. */
export interface UndeliverableEvent {
  message_type: 'undeliverable';
  data: { index: number; url: string; reason: 'too-large'; message: string; progress: Progress };
}

/** The server holds of its own accord, most likely since half of the pages fail; `unpause` makes it go on. */
export type PausedEvent = ServerMessageOf<'paused'>;

/** A connection is being replaced. */
export interface ReconnectingEvent {
  message_type: 'reconnecting';
  data: {
    /** Tries in a row without a result, this one included; 0 when the next try is not on account of a failure. */
    attempt: number;
    delayMs: number;
    reason: ClientErrorReason;
    /** URLs of the whole crawl without an outcome. */
    outstanding: number;
  };
}

/** Counted by the client: `successful + failed + skipped = total_urls`. */
export interface SummaryEvent {
  message_type: 'summary';
  data: Summary & { skipped: number };
  /** RFC 3339. */
  timestamp: string;
}

/**
 * What a crawl yields: one welcome and one metadata when the server sends them, for each index exactly one `result`
 * (or, where asked for, `raw-result`), `skipped` or `undeliverable`, and one summary at the end. Tagged as the wire's messages are.
 */
export type CrawlEvent =
  | ServerMessageOf<'welcome' | 'metadata'>
  | CrawlResultEvent
  | RawResultEvent
  | SkippedEvent
  | UndeliverableEvent
  | PausedEvent
  | ReconnectingEvent
  | SummaryEvent;

/** A crawl under way: iterate it once. */
export interface CrawlInProgress<Event> extends AsyncIterableIterator<Event, undefined> {
  /** The account so far; also true when the crawl has ended early. */
  readonly counts: LedgerCounts;
  /** So much is unread that the rest is left to the network, until the iteration has caught up. */
  readonly isReadingPaused: boolean;
  /** Indexes without an outcome, in order. */
  outstandingIndexes(): number[];
  /** Asks for no more pages until {@link unpause}; those under way still come, on a 1.0 server up to 100 each connection. */
  pause(): void;
  /** Goes on, after `pause` or a `paused` event. */
  unpause(): void;
}

export type Crawl = CrawlInProgress<CrawlEvent>;
