import type { ClientMessage, ServerMessage, ServerMessageOf } from '../protocol/messages';
import type { PeekedResult } from '../protocol/peekResult';
import type { ClientError } from './clientError';

/** Every way to have URLs crawled. */
export const crawlTransports = ['websocket', 'ndjson', 'sse', 'http'] as const;

export type CrawlTransport = (typeof crawlTransports)[number];

export type CrawlMessage = Extract<ClientMessage, { request_type: 'crawl' }>;

/** The message of a page that was read well, of which no more has been read than what the books need. */
export interface RawResult extends PeekedResult {
  /** The whole message, to be decoded by `decodeRawResult`. */
  bytes: Buffer;
}

/** Called on receipt, in the socket's own receive path: never wait or compute here. */
export interface CrawlListener {
  /** Requests may be sent now; not before the connection was handed over. Only a WebSocket has a welcome. */
  onReady(welcome: ServerMessageOf<'welcome'> | undefined): void;
  /** @param byteCount on the wire. */
  onMessage(message: ServerMessage, byteCount: number): void;
  /** Where it is there, results come here instead that need not be decoded for it. */
  onRawResult?: ((result: RawResult) => void) | undefined;
  /** Bytes arrived, whatever they belong to. */
  onActivity(): void;
  /**
   * The connection is gone; called once, and not at all when the owner closed it.
   *
   * @param resumption of the crawl under way, where the server keeps it.
   */
  onEnd(error: ClientError, resumption?: Resumption): void;
}

/** What a later connection may go on with a crawl by. */
export interface Resumption {
  requestId: string;
  /** The number of the last message that came with one. */
  received: number;
  /** No other crawl was under way, so that what broke the connection was one of its messages, or none. */
  isSuspect: boolean;
}

/** What a server with the engine's extensions can do with the crawl under way. */
export interface CrawlControl {
  readonly resumption: Resumption | undefined;
  /** Goes on with an earlier connection's crawl; the server may answer that it knows of none. */
  takeUp(resumption: Resumption): void;
  /** Ends an earlier connection's crawl, of which nothing is wanted any more. */
  giveUp(resumption: Resumption): void;
  /** No other page is begun; what is under way still comes. */
  holdPages(): void;
  unholdPages(): void;
}

/** What a lane asks its batches over, one after the other. */
export interface CrawlConnection {
  readonly transport: CrawlTransport;
  /** In one request. */
  readonly maxUrls: number;
  /** Whether the server says at once that it crawls, and sends each result as it comes; else all come at the end. */
  readonly isStream: boolean;
  /** Once it is open, where the server has it. */
  readonly control?: CrawlControl | undefined;
  send(message: CrawlMessage): void;
  /** Leaves what is not read yet to the network. */
  pause(): void;
  resume(): void;
  /** Ends politely; the listener hears nothing more. */
  close(): void;
  /** Ends at once; the listener hears nothing more. */
  terminate(): void;
  /** Ends at once, and tells the listener why. */
  fail(error: ClientError): void;
}
