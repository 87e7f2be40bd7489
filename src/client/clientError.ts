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
  /** The certificate or the TLS handshake was not accepted. */
  | 'tls'
  /** HTTP 401, or a key that no header can carry. Never retry by itself: ten failures can lock a whole site out. */
  | 'unauthorized'
  /** HTTP 403. */
  | 'forbidden'
  /** Something answers, but speaks no WebSocket there: HTTP 2xx, 404, 405, 426, 501, or no HTTP at all. */
  | 'no-websocket'
  /** HTTP 429 or 503. */
  | 'rate-limited'
  /** Any other HTTP answer to the upgrade, redirects included. */
  | 'http-error'
  /** The connection ended before it was done. */
  | 'connection-lost'
  /** A message above `maxMessageBytes`. */
  | 'message-too-large'
  /** What the server sent breaks the protocol; `cause` is a `ProtocolError` or the WebSocket library's error. */
  | 'protocol'
  /** The request was refused as a whole, by the server (`serverErrorType` says why) or before it was sent. */
  | 'crawl-refused'
  /** The caller's signal was aborted. */
  | 'cancelled'
  /** The client was closed. */
  | 'closed';

/** The one error type of the client. Its message says what, where and what to do, and never holds the API key. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly reason: ClientErrorReason;
  /** The server's own `error_type`, when the server sent an error message. */
  readonly serverErrorType: string | undefined;

  constructor(
    reason: ClientErrorReason,
    message: string,
    details: { cause?: unknown; serverErrorType?: string | undefined } = {},
  ) {
    super(message, { cause: details.cause });
    this.reason = reason;
    this.serverErrorType = details.serverErrorType;
  }
}

/** What a server's `error` message stands for. */
export function refusedByServer(url: string, error: ServerError): ClientError {
  const text = `${url} refused the request (${error.error_type.slice(0, 80)}): ${error.message.slice(0, 500)}`;
  return new ClientError('crawl-refused', text, { serverErrorType: error.error_type });
}

export function clientClosed(): ClientError {
  return new ClientError('closed', 'The client is closed.');
}
