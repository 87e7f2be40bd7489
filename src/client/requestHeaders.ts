import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ClientError } from './clientError';

/** How the key is sent: as `X-API-Key`, or as `Authorization: Bearer`. */
export const authentications = ['apiKey', 'bearer'] as const;

export type Authentication = (typeof authentications)[number];

export interface RequestHeaderOptions {
  apiKey?: string | undefined;
  authentication?: Authentication | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** What the handshake and the transports set themselves. */
const ownHeaders =
  /^(accept|accept-encoding|connection|content-.*|cookie2|expect|host|keep-alive|origin|proxy-.*|sec-.*|te|trailer|transfer-encoding|upgrade)$/i;

/**
 * The headers of every request to the server.
 *
 * @throws {ClientError} `bad-header`, which names the header and never its value; `unauthorized` for a key that no
 *   header can carry.
 */
export function requestHeaders(options: RequestHeaderOptions): Record<string, string> {
  const authentication = options.authentication ?? 'apiKey';
  const names = new Set<string>();
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries<unknown>(options.headers ?? {})) {
    const problem =
      problemOf(name, value, authentication) ?? (names.has(name.toLowerCase()) ? 'is there twice' : null);
    if (problem !== null) {
      throw new ClientError(
        'bad-header',
        `The extra header ${JSON.stringify(name.slice(0, 100))} ${problem}.`,
      );
    }
    names.add(name.toLowerCase());
    checked[name] = value as string;
  }
  return { ...checked, ...keyHeader(options.apiKey, authentication) };
}

function problemOf(name: string, value: unknown, authentication: Authentication): string | null {
  try {
    validateHeaderName(name);
  } catch {
    return 'has a name that no HTTP header can have: use letters, digits and hyphens';
  }
  if (ownHeaders.test(name)) return 'cannot be set: the connection needs it for itself';
  // The key has a place where it is kept as a secret, and two keys in one request would contradict each other.
  if (/^x-api-key$/i.test(name) || (authentication === 'bearer' && /^authorization$/i.test(name))) {
    return 'cannot be set, since it carries the API key: set the API key instead';
  }
  if (typeof value !== 'string') return 'must have text as its value';
  try {
    validateHeaderValue(name, value);
  } catch {
    return 'has a value with a character that cannot be sent';
  }
  return null;
}

function keyHeader(apiKey: string | undefined, authentication: Authentication): Record<string, string> {
  if (apiKey === undefined || apiKey === '') return {};
  try {
    validateHeaderValue('X-API-Key', apiKey);
  } catch {
    // Without the cause: what it says of the key is not ours to promise.
    throw new ClientError(
      'unauthorized',
      'The API key holds a character that cannot be sent. Set the API key again.',
    );
  }
  return authentication === 'bearer' ? { Authorization: `Bearer ${apiKey}` } : { 'X-API-Key': apiKey };
}
