import type { HostHeader } from '../engine/fetchSettings';

/** By name; `undefined` when no such secret is stored. */
export type ReadSecret = (name: string) => Promise<string | undefined>;

/** These are the connection's, or would make the answer one that cannot be read. */
const ownHeaders = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'],
  ...['accept-encoding', 'range', 'keep-alive', 'proxy-authorization', 'proxy-connection'],
]);

const secretPattern = /\$\{secret:([^}]+)\}/g;

/**
 * Reads `{ "host": { "Name": "value" } }` with `${secret:NAME}` in values. What cannot be sent is left out, and so is a
 * header whose secret is not there: without it a login would fail in ways that nobody understands.
 *
 * @param warn gets why something is left out; never a value.
 */
export async function readHostHeaders(
  setting: unknown,
  readSecret: ReadSecret,
  warn: (message: string) => void,
): Promise<HostHeader[]> {
  const headers: HostHeader[] = [];
  for (const [given, values] of entriesOf(setting)) {
    const host = hostOf(given);
    if (host === null) {
      // What stands before an @ may be a password.
      const shown = JSON.stringify(given.slice(given.lastIndexOf('@') + 1));
      warn(
        `riptide.engine.headers: ${shown} is no host such as example.org or example.org:8080, without a login`,
      );
    }
    for (const [name, value] of host === null ? [] : entriesOf(values)) {
      const header = await readHeader(host ?? '', name, value, readSecret);
      if (typeof header === 'string')
        warn(`riptide.engine.headers, ${given}, ${JSON.stringify(name)}: ${header}`);
      else headers.push(header);
    }
  }
  return headers;
}

/** The header, or what is wrong with it. */
async function readHeader(
  host: string,
  name: string,
  value: unknown,
  readSecret: ReadSecret,
): Promise<HostHeader | string> {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'this is no name of a header';
  if (ownHeaders.has(name.toLowerCase())) return 'this header is not for settings';
  if (typeof value !== 'string') return 'the value must be text';
  const secrets = new Map<string, string>();
  for (const [, secretName = ''] of value.matchAll(secretPattern)) {
    const secret = await readSecret(secretName);
    if (secret === undefined)
      return `there is no secret ${secretName}; set it with "RipTide: Set Request Secret…"`;
    secrets.set(secretName, secret);
  }
  const resolved = value.replace(secretPattern, (_, secretName: string) => secrets.get(secretName) ?? '');
  if (!/^[\x20-\x7e]*$/.test(resolved)) return 'the value has characters that no header can carry';
  return { host, name, value: resolved, isSecret: secrets.size > 0 };
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** As a URL spells it, but with each port that was named: it means that port alone. */
function hostOf(given: string): string | null {
  if (/[/?#@\\\s]/.test(given)) return null;
  const url = URL.parse(`http://${given}/`);
  const [, port] = /:(\d+)$/.exec(given) ?? [];
  if (!url || url.hostname === '') return null;
  return port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`;
}
