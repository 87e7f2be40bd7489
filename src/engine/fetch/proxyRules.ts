import { isWithoutProxy } from '../../base/noProxy';
import type { ProxySettings } from '../fetchSettings';
import { isLoopbackHost } from './addressRules';

/** Whether a request goes by way of the proxy; to this machine itself it never does. */
export function usesProxy(url: URL, { bypass }: ProxySettings): boolean {
  return !isLoopbackHost(url.hostname) && !isWithoutProxy(url, bypass);
}

/** The `Proxy-Authorization` header, if the proxy is to get one. */
export function proxyAuthorization({ url, authorization }: ProxySettings): string | null {
  if (authorization !== null) return authorization;
  const { username, password } = new URL(url);
  if (username === '' && password === '') return null;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
