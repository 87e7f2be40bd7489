import type { IncomingHttpHeaders } from 'node:http';
import { decodeErrorBody } from '../protocol/decodeHttpAnswer';
import type { ServerError } from '../protocol/messages';
import { brokenOffByServer, ClientError, refusedByServer } from './clientError';
import { retryAfterMs } from './retryAfter';
import { refusedUpgrade } from './transportFailure';

/** Enough for any error body, and for `/healthz`. */
const maxShortBytes = 64 * 1024;

/** Answers by which a server says that it does not have an endpoint. */
const missing = [404, 405, 426, 501];
/** Of a request that is sound as a whole, and holds a URL that the server does not take. */
const urlRefusals = ['validation_error', 'invalid_url'];

/** The server does not offer this way of crawling. */
export function noEndpoint(url: string, answered: string): ClientError {
  const text = `${url} answered ${answered}: it does not offer this way of crawling.`;
  return new ClientError('no-endpoint', `${text} Check the server address, or choose another transport.`);
}

/**
 * What an HTTP answer other than 200 means (protocol 5): a refusal that lies in the URLs, or why the request failed.
 * The body is looked at first, since a RipTide says 500 to a URL that it does not take (protocol 3.1).
 */
export function refusalOfAnswer(
  url: string,
  status: number,
  headers: IncomingHttpHeaders,
  said: ServerError,
): { kind: 'urls'; error: ServerError } | { kind: 'failed'; error: ClientError } {
  const { error_type: type, message } = said;
  const isFlat = type === '' && status === 400 && /json/i.test(headers['content-type'] ?? '');
  if (status === 413 || isFlat || ((status === 400 || status === 500) && urlRefusals.includes(type))) {
    const text = message === '' ? `HTTP ${status}` : message;
    return { kind: 'urls', error: { error_type: 'validation_error', message: text } };
  }
  if (missing.includes(status)) return { kind: 'failed', error: noEndpoint(url, `HTTP ${status}`) };
  if (status === 400 || status === 415 || status === 422) {
    const error = { error_type: type === '' ? `http_${status}` : type, message };
    return { kind: 'failed', error: refusedByServer(url, error) };
  }
  if (status === 500 && type !== '') return { kind: 'failed', error: brokenOffByServer(url, said) };
  const failure = refusedUpgrade(url, status, retryAfterMs(headers['retry-after'], Date.now()));
  const quote = message === '' ? '' : ` It says: ${JSON.stringify(message.slice(0, 300))}`;
  return { kind: 'failed', error: failure.withMessage(failure.message + quote) };
}

/** Collects a short body; what is above the limit is left out. */
export class ShortBody {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  push(chunk: Buffer): void {
    if (this.size < maxShortBytes) this.chunks.push(chunk);
    this.size += chunk.length;
  }

  get text(): string {
    return Buffer.concat(this.chunks).subarray(0, maxShortBytes).toString();
  }

  /** @param isEventStream when the error is the data of an event. */
  decode(isEventStream: boolean): ServerError {
    const { text } = this;
    if (!isEventStream) return decodeErrorBody(text);
    const data = text.split(/\r\n|\r|\n/).flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []);
    return decodeErrorBody(data.join('\n'));
  }
}
