import type { ProxySettings } from '../engine/fetchSettings';
import type { ReadSetting } from './settings';

/**
 * The proxy by which the built-in engine reaches pages; `null` for none, or for one that no HTTP client can use.
 *
 * @param read values of `http.*`, by name below `http`.
 * @param environment for what the settings leave open.
 */
export function readFetchProxy(read: ReadSetting, environment: NodeJS.ProcessEnv): ProxySettings | null {
  if (read('proxySupport') === 'off') return null;
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, NO_PROXY, no_proxy } = environment;
  const url = [read('proxy'), HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy]
    .map(text)
    .find((set) => set !== '');
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return null;
  const listed = read('noProxy');
  const authorization = text(read('proxyAuthorization'));
  return {
    url,
    authorization: authorization === '' ? null : authorization,
    bypass:
      Array.isArray(listed) && listed.length > 0
        ? listed.map(String)
        : (NO_PROXY ?? no_proxy ?? '').split(','),
    acceptsAnyCertificate: read('proxyStrictSSL') === false,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
