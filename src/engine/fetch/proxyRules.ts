import type { ProxySettings } from '../fetchSettings';
import { bareHost, isLoopbackHost } from './addressRules';

/** Whether a request goes by way of the proxy; to this machine itself it never does. */
export function usesProxy(url: URL, { bypass }: ProxySettings): boolean {
  if (isLoopbackHost(url.hostname)) return false;
  const host = bareHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return !bypass.some((entry) => {
    const [, name = '', entryPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.trim().toLowerCase()) ?? [];
    if (entryPort !== undefined && entryPort !== port) return false;
    if (name === '*') return true;
    return name !== '' && (host === name || host.endsWith(`.${name}`));
  });
}

/** The `Proxy-Authorization` header, if the proxy is to get one. */
export function proxyAuthorization({ url, authorization }: ProxySettings): string | null {
  if (authorization !== null) return authorization;
  const { username, password } = new URL(url);
  if (username === '' && password === '') return null;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
