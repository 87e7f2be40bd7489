import { CrawlFailure, type FailureReason } from '../crawlFailure';
import { shownUrl } from './shownUrl';

interface Cause {
  reason: FailureReason;
  isRetryable?: true;
  explain(url: URL): string;
}

const resetCause: Cause = {
  reason: 'reset',
  explain: (url) => `${url.host} closed the connection before the page was complete. Try again.`,
};

const unreachableCause: Cause = {
  reason: 'refused',
  explain: (url) => `There is no way to ${url.host} from here. Check the address, your network and firewall.`,
};

const causes: Record<string, Cause> = {
  ENOTFOUND: {
    reason: 'dns',
    explain: (url) => `No address is known for ${url.hostname}. Check its spelling, or your connection.`,
  },
  EAI_AGAIN: {
    reason: 'dns',
    isRetryable: true,
    explain: (url) =>
      `The name server did not answer for ${url.hostname}. Check your connection, then try again.`,
  },
  ECONNREFUSED: {
    reason: 'refused',
    explain: (url) => `Nothing listens at ${url.host}. Check the port, and that the server runs.`,
  },
  EHOSTUNREACH: unreachableCause,
  ENETUNREACH: unreachableCause,
  EADDRNOTAVAIL: unreachableCause,
  EACCES: unreachableCause,
  ECONNRESET: resetCause,
  ECONNABORTED: resetCause,
  EPIPE: resetCause,
  ERR_STREAM_PREMATURE_CLOSE: resetCause,
  ETIMEDOUT: {
    reason: 'timeout',
    explain: (url) => `${url.host} did not accept a connection in time. Try again later.`,
  },
  HPE_HEADER_OVERFLOW: {
    reason: 'bad-response',
    explain: (url) => `The headers from ${shownUrl(url)} have no end; the page is not read.`,
  },
};

const selfSigned = 'is signed by itself';
const unknownAuthority = 'comes from an authority this machine does not know';

const certificateFaults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet (is the clock of this machine right?)',
  CERT_REVOKED: 'has been revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: 'belongs to another host name',
};

/** By zlib, brotli and zstd. */
const codingFault = /^(?:Z_|ERR__|ZSTD_)/;

/** Gives an error of Node's network, TLS, HTTP or zlib layer its reason and a text for people. */
export function networkFailure(error: unknown, url: URL): CrawlFailure {
  if (error instanceof CrawlFailure) return error;
  const code = codeOf(error);
  const cause = causes[code] ?? tlsCause(code);
  if (cause) {
    return new CrawlFailure(cause.reason, cause.explain(url), {
      isRetryable: cause.isRetryable ?? false,
      cause: error,
    });
  }
  const detail = error instanceof Error ? error.message : String(error);
  if (codingFault.test(code)) {
    const message = `${shownUrl(url)} is compressed in a way that cannot be read (${detail}). The server has to mend this.`;
    return new CrawlFailure('bad-response', message, { cause: error });
  }
  const message = `The answer from ${shownUrl(url)} is not sound HTTP (${detail}). The server has to mend this.`;
  return new CrawlFailure('bad-response', message, { cause: error });
}

/** Whether there is an answer, only not in the coding that it claims. */
export function isCodingFault(error: unknown): boolean {
  return error instanceof CrawlFailure && codingFault.test(codeOf(error.cause));
}

export function timeoutFailure(url: URL, what: string, afterMs: number): CrawlFailure {
  const message = `${url.host} ${what} within ${Math.ceil(afterMs / 100) / 10} s. Try again later, or allow more time.`;
  return new CrawlFailure('timeout', message);
}

/** @param what it did instead of letting us through. */
export function proxyFailure(url: URL, what: string, cause?: unknown): CrawlFailure {
  const message = `The proxy ${what}, so ${url.host} is out of reach. Check the editor's proxy settings (http.proxy).`;
  return new CrawlFailure('proxy', message, { cause });
}

/** A status other than 2xx. */
export function httpFailure(url: URL, status: number): CrawlFailure {
  const isRetryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const message = `${shownUrl(url)} answered ${status}: ${explainStatus(status)}`;
  return new CrawlFailure(`http-${status}`, message, { isRetryable, status });
}

function explainStatus(status: number): string {
  if (status === 401 || status === 407) return 'it wants a login.';
  if (status === 403 || status === 451) return 'it does not give this page to a crawler without a login.';
  if (status === 404 || status === 410) return 'there is no such page. Check the address.';
  if (status === 429) return 'it asks for fewer requests. Try again later, with a longer delay.';
  if (status >= 500) return 'the server failed. Try again later.';
  return 'there is no page in this answer.';
}

function tlsCause(code: string): Cause | undefined {
  const fault = certificateFaults[code];
  if (fault !== undefined) {
    const explain = (url: URL): string =>
      `The certificate of ${url.host} ${fault}. Make it known to this machine (NODE_EXTRA_CA_CERTS) if it is ` +
      'yours, or use an http: address; else tell the owner of the site.';
    return { reason: 'tls', explain };
  }
  if (!/^(?:EPROTO|ERR_SSL_|ERR_TLS_|CERT_|CRL_)/.test(code)) return undefined;
  const explain = (url: URL): string =>
    `No secure connection to ${url.host} could be agreed on (${code}). Does that port speak HTTPS?`;
  return { reason: 'tls', explain };
}

function codeOf(error: unknown): string {
  // Node gathers the errors of several addresses of one name; the first speaks for all.
  const single = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = single instanceof Error && 'code' in single ? single.code : undefined;
  return typeof code === 'string' ? code : '';
}
