import { crawlSocketPath } from '../protocol/limits';
import { ClientError } from './clientError';

const socketSchemes: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/**
 * The WebSocket URL of a server address: `http://host/base/` gives `ws://host/base/crawl/ws`.
 * Query and fragment are dropped: the endpoint reads neither, and some servers refuse certain words in them.
 *
 * @throws {ClientError} `bad-address`.
 */
export function socketUrl(address: string): string {
  if (!URL.canParse(address)) {
    throw badAddress('is not a URL. Give a full address such as http://localhost:3000.', address);
  }
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') {
    throw badAddress(
      'must not hold a user name or password. Take them out and set an API key instead.',
      address,
    );
  }
  const scheme = socketSchemes[url.protocol];
  if (scheme === undefined) {
    throw badAddress('must start with http://, https://, ws:// or wss://.', address);
  }
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}${crawlSocketPath}`;
}

/**
 * What the paths of the HTTP endpoints are added to: `ws://host/base/` gives `http://host/base`.
 *
 * @throws {ClientError} `bad-address`.
 */
export function httpBaseUrl(address: string): string {
  return socketUrl(address).replace(/^ws/, 'http').slice(0, -crawlSocketPath.length);
}

/** Whether a server is on this machine, by its address alone: over loopback, bytes cost less than compressing them. */
export function isLoopbackUrl(url: string): boolean {
  // The parser has brought every spelling of an IPv4 address into this one.
  return /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/i.test(
    new URL(url).hostname,
  );
}

function badAddress(problem: string, address: string): ClientError {
  // What stands before an @ may be a password, also in an address that does not parse.
  const shown = address.includes('@') ? '' : ` "${address.slice(0, 200)}"`;
  return new ClientError('bad-address', `The server address${shown} ${problem}`);
}
