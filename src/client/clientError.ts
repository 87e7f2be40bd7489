import type { ServerError } from '../protocol/messages';

/** Why the client could not do what it was asked; stable, for callers to branch on. */
export type ClientErrorReason =
  /** The address is no http, https, ws or wss URL, or holds a user name or password. */
  | 'bad-address'
  /** No WebSocket within the connect timeout. */
  | 'connect-timeout'
  /** Connected, but no welcome message within the welcome timeout. */
  | 'welcome-timeout'
  /** Asked, and nothing came within the response timeout; during a crawl, within the idle timeout. */
  | 'response-timeout'
  /** Nothing listens at the address, or no route leads there. */
  | 'refused'
  /** The host name does not resolve. */
  | 'dns'
  /** The server's certificate is not trusted: signed by itself or by somebody unknown, expired, or of another host. */
  | 'certificate'
  /** The TLS handshake failed for another reason. */
  | 'tls'
  /** The proxy cannot be reached, or opens no way to the server. */
  | 'proxy'
  /** The proxy wants other credentials: HTTP 407. */
  | 'proxy-unauthorized'
  /** An extra header that cannot be sent; the message names it. */
  | 'bad-header'
  /** HTTP 401, or a key that no header can carry. Never retry by itself: ten failures can lock a whole site out. */
  | 'unauthorized'
  /** HTTP 403. */
  | 'forbidden'
  /** Something answers, but there is no WebSocket: HTTP 2xx, 404, 405, 426, 501. */
  | 'no-websocket'
  /** The server does not have the HTTP endpoint, or only a stub of it. */
  | 'no-endpoint'
  /** What answers is no HTTP, or a handshake with a fault in it. */
  | 'bad-handshake'
  /** HTTP 429 or 503; `retryAfterMs` when the server said how long. */
  | 'rate-limited'
  /** HTTP 408, or 5xx that says nothing of the endpoint: something behind the address is down for now. */
  | 'unavailable'
  /** Any other HTTP answer to the upgrade, redirects included. */
  | 'http-error'
  /** The connection ended before it was done. */
  | 'connection-lost'
  /** A message above `maxMessageBytes`. */
  | 'message-too-large'
  /** What the server sent breaks the protocol; `cause` is a `ProtocolError` or the WebSocket library's error. */
  | 'protocol'
  /** The server said that a crawl was over and had not sent all its results. */
  | 'results-missing'
  /** The server broke a crawl off; `serverErrorType` says why. */
  | 'server-error'
  /** The request was refused as a whole, by the server (`serverErrorType` says why) or before it was sent. */
  | 'crawl-refused'
  /** The server crawls lists alone: it cannot follow links. */
  | 'site-crawl-unsupported'
  /** The caller's signal was aborted. */
  | 'cancelled'
  /** The client was closed. */
  | 'closed';

export interface ClientErrorDetails {
  cause?: unknown;
  serverErrorType?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** The one error type of the client. Its message says what, where and what to do, and never holds the API key. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly reason: ClientErrorReason;
  /** The server's own `error_type`, when the server sent an error message. */
  readonly serverErrorType: string | undefined;
  /** How long the server asked to be left alone, from when the error arose. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: ClientErrorReason, message: string, details: ClientErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.reason = reason;
    this.serverErrorType = details.serverErrorType;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** The same error with a message that says more. */
  withMessage(message: string): ClientError {
    return new ClientError(this.reason, message, this);
  }
}

/** What a server's `error` message stands for in answer to a request. */
export function refusedByServer(url: string, error: ServerError): ClientError {
  return new ClientError('crawl-refused', `${url} refused the request ${shown(error)}`, {
    serverErrorType: error.error_type,
  });
}

/** What a server's `error` message stands for in the middle of a crawl. */
export function brokenOffByServer(url: string, error: ServerError): ClientError {
  return new ClientError('server-error', `${url} broke the crawl off ${shown(error)}`, {
    serverErrorType: error.error_type,
  });
}

function shown(error: ServerError): string {
  return `(${error.error_type.slice(0, 80)}): ${error.message.slice(0, 500)}`;
}

export function clientClosed(): ClientError {
  return new ClientError('closed', 'The client is closed.');
}
