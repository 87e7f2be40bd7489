import type { ClientError, ClientErrorReason } from './clientError';

type Verdict = 'fatal' | 'retry';

/** What each failure means for a crawl that still has URLs outstanding. */
const verdicts: Readonly<Record<ClientErrorReason, Verdict>> = {
  // Trying again changes nothing, or does harm: ten wrong keys lock a whole site out (protocol 5.2).
  'bad-address': 'fatal',
  'bad-header': 'fatal',
  certificate: 'fatal',
  tls: 'fatal',
  'proxy-unauthorized': 'fatal',
  unauthorized: 'fatal',
  forbidden: 'fatal',
  'no-websocket': 'fatal',
  'no-endpoint': 'fatal',
  'http-error': 'fatal',
  'crawl-refused': 'fatal',
  'site-crawl-unsupported': 'fatal',
  cancelled: 'fatal',
  closed: 'fatal',
  // These pass: a server restarts, a network stumbles, a limit runs out.
  proxy: 'retry',
  refused: 'retry',
  dns: 'retry',
  'connect-timeout': 'retry',
  'welcome-timeout': 'retry',
  'response-timeout': 'retry',
  'bad-handshake': 'retry',
  unavailable: 'retry',
  'rate-limited': 'retry',
  'connection-lost': 'retry',
  'message-too-large': 'retry',
  'results-missing': 'retry',
  'server-error': 'retry',
  // Most likely bytes that something on the way has spoilt; a server that always breaks it runs out of tries.
  protocol: 'retry',
};

export function isFatal(error: ClientError): boolean {
  return verdicts[error.reason] === 'fatal';
}
