import { ClientError, type ClientErrorReason } from './clientError';
import { ProxyError } from './tunnelAgent';

/** Errors of Node's sockets and of `ws` carry a `code`. */
type CodedError = Error & { code?: string };

const checkAddress = 'Check the server address and that the server is running.';
const checkEndpoint =
  'Check that the address is that of a RipTide server whose version has the WebSocket endpoint.';

/** The server sent nothing that completes the handshake. */
export function connectTimeout(url: string, timeoutMs: number): ClientError {
  return new ClientError('connect-timeout', `${url} did not answer within ${timeoutMs} ms. ${checkAddress}`);
}

/** A connection that never opened; `cause` comes from the network, from TLS or from the handshake. */
export function failedConnect(url: string, cause: CodedError): ClientError {
  const code = cause.code ?? '';
  const fail = (reason: ClientErrorReason, text: string): ClientError =>
    new ClientError(reason, text, { cause });
  if (cause instanceof ProxyError) return failedProxy(url, cause);
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return fail(
      'dns',
      `The host name in ${url} cannot be found (${code}). Check its spelling and the network.`,
    );
  }
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(code)) {
    return fail('refused', `Nothing accepts connections at ${url} (${code}). ${checkAddress}`);
  }
  if (code === 'ETIMEDOUT') {
    return fail('connect-timeout', `${url} did not answer (${code}). ${checkAddress}`);
  }
  const distrust = distrustOf(code);
  if (distrust !== undefined) return fail('certificate', `${url} ${distrust} (${code}).`);
  if (/^(EPROTO$|ERR_SSL|ERR_TLS)/.test(code)) {
    const advice = 'Check that the port speaks TLS, or use http:// if it does not.';
    return fail('tls', `No secure connection to ${url} (${code}). ${advice}`);
  }
  if (code !== '' && !code.startsWith('HPE_')) {
    return fail(
      'connection-lost',
      `${url} ended the connection before it was open (${code}). ${checkAddress}`,
    );
  }
  return fail('bad-handshake', `What answers at ${url} is no WebSocket (${cause.message}). ${checkEndpoint}`);
}

/** What is wrong with a certificate, and what to do; undefined for a code that does not speak of certificates. */
function distrustOf(code: string): string | undefined {
  if (code === 'CERT_HAS_EXPIRED') return 'has a certificate that has expired: renew it';
  if (code === 'CERT_NOT_YET_VALID')
    return "has a certificate that is not valid yet: check this computer's clock";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'has a certificate for another host name: use an address that the certificate names';
  }
  if (/^(DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED)/.test(code)) {
    return 'has a certificate that is signed by itself: add it to those that this computer trusts, or have the checking of certificates turned off for a server that you know';
  }
  if (/^(CERT_|UNABLE_TO_|INVALID_CA)/.test(code)) {
    return 'has a certificate that this computer does not trust: add that of its issuer to the trusted ones, or have the server send its whole chain';
  }
  return undefined;
}

function failedProxy(url: string, cause: ProxyError): ClientError {
  if (cause.status === 407) {
    const text = `The proxy ${cause.message}: it wants other credentials. Check those of the proxy.`;
    return new ClientError('proxy-unauthorized', `No way to ${url}. ${text}`, { cause });
  }
  const text = `The proxy ${cause.message}. Check the proxy settings, or leave this host out of them.`;
  return new ClientError('proxy', `No way to ${url}. ${text}`, { cause });
}

/** An HTTP answer where the upgrade was asked for. */
export function refusedUpgrade(url: string, status: number, retryAfterMs?: number): ClientError {
  const answered = `${url} answered HTTP ${status}`;
  switch (status) {
    case 401:
      return new ClientError(
        'unauthorized',
        `${answered}: the API key is missing or wrong. Set the API key.`,
      );
    case 403:
      return new ClientError(
        'forbidden',
        `${answered}: the server does not allow this connection. Ask its owner.`,
      );
    case 404:
    case 405:
    case 426:
    case 501:
      return new ClientError('no-websocket', `${answered}: there is no WebSocket. ${checkEndpoint}`);
    case 429:
    case 503:
      return new ClientError(
        'rate-limited',
        `${answered}: it takes no more requests now. Try again in ${shownWait(retryAfterMs)}.`,
        { retryAfterMs },
      );
  }
  if (status >= 200 && status < 300) {
    return new ClientError('no-websocket', `${answered} instead of opening a WebSocket. ${checkEndpoint}`);
  }
  const advice =
    status >= 300 && status < 400
      ? 'Redirects are not followed; set the address to where it leads.'
      : "Look into the server's log.";
  const isPassing = status === 408 || status >= 500;
  return new ClientError(isPassing ? 'unavailable' : 'http-error', `${answered}. ${advice}`);
}

function shownWait(waitMs: number | undefined): string {
  return waitMs === undefined ? 'a minute' : `${Math.ceil(waitMs / 1000)} s`;
}

/** An open connection on which something broke. */
export function brokenConnection(url: string, cause: CodedError, maxMessageBytes: number): ClientError {
  const code = cause.code ?? '';
  if (/^WS_ERR_UNSUPPORTED_(MESSAGE|DATA_PAYLOAD)_LENGTH$/.test(code)) {
    return tooLarge(url, maxMessageBytes, cause);
  }
  if (code.startsWith('WS_ERR_')) {
    const text = `${url} sent what is no WebSocket frame (${cause.message}). Check for a proxy in between.`;
    return new ClientError('protocol', text, { cause });
  }
  return new ClientError('connection-lost', `The connection to ${url} broke (${code || cause.message}).`, {
    cause,
  });
}

/** An open connection that ended without an error of its own; 1006 stands for no Close frame at all. */
export function closedByServer(
  url: string,
  code: number,
  reason: string,
  maxMessageBytes: number,
): ClientError {
  const said = reason === '' ? '' : `, ${JSON.stringify(reason)}`;
  const cause = new Error(`closed with ${code}${said}`);
  // Something on the way may have a lower limit than ours, and says so by this code (RFC 6455, 7.4.1).
  if (code === 1009) return tooLarge(url, maxMessageBytes, cause);
  return new ClientError('connection-lost', `${url} closed the connection (${code}${said}).`);
}

export function tooLarge(url: string, maxMessageBytes: number, cause?: Error): ClientError {
  const text = `${url} sent a message above the limit of ${maxMessageBytes} bytes. Raise the limit or leave out the page.`;
  return new ClientError('message-too-large', text, { cause });
}

/** A message that cannot be read; `cause` says which field. */
export function protocolBreach(url: string, cause: unknown): ClientError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const text = `${url} sent a message that breaks the protocol: ${said}.`;
  return new ClientError('protocol', `${text} Check that client and server are of fitting versions.`, {
    cause,
  });
}
