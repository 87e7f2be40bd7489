import { BlockList, isIP } from 'node:net';

/**
 * Whether a URL is to be reached without the proxy.
 *
 * @param entries Of `http.noProxy` or `NO_PROXY`: `*` for all, a host with all below it (`example.com`, `.example.com`,
 *   `*.example.com`), an address (`[::1]`), either with or without a port, or a range of addresses (`10.0.0.0/8`).
 */
export function isWithoutProxy(url: URL, entries: readonly string[]): boolean {
  const host = bare(url.hostname.replace(/\.+$/, ''));
  const port = url.port || (/^(?:https|wss):$/.test(url.protocol) ? '443' : '80');
  return entries.some((entry) => matches(host, port, entry.trim().toLowerCase()));
}

function matches(host: string, port: string, entry: string): boolean {
  const [, base = '', bits] = /^([\d.]+|[\da-f:.]+)\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return isInRange(host, base, Number(bits));
  const [, listed = entry, listedPort] = /^([^:]+|\[.*\]):(\d+)$/.exec(entry) ?? [];
  if (listedPort !== undefined && listedPort !== port) return false;
  if (listed === '*') return true;
  const name = bare(listed.replace(/^\*?\./, ''));
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function isInRange(host: string, base: string, bits: number): boolean {
  const version = isIP(base);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(base, bits, family);
  return range.check(host, family);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
