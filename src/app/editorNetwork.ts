import tls from 'node:tls';
import { isWithoutProxy } from '../base/noProxy';
import type { Network } from '../client/network';
import type { ReadSetting } from './settings';

/**
 * How the editor's settings have a server reached.
 *
 * @param read values of `http.*`, by name below `http`.
 * @param environment for what the settings leave open.
 */
export function readNetwork(read: ReadSetting, environment: NodeJS.ProcessEnv, address: string): Network {
  const authorization = read('proxyAuthorization');
  const url = URL.parse(address);
  return {
    proxyUrl: url ? proxyFor(url, read, environment) : undefined,
    proxyAuthorization: typeof authorization === 'string' ? authorization : undefined,
    acceptsAnyCertificate: read('proxyStrictSSL') === false,
    certificates: read('systemCertificates') === false ? undefined : trustedCertificates(),
  };
}

function proxyFor(url: URL, read: ReadSetting, environment: NodeJS.ProcessEnv): string | undefined {
  if (read('proxySupport') === 'off') return undefined;
  const set = text(read('proxy')) ?? environmentProxy(/^(https|wss):$/.test(url.protocol), environment);
  if (set === undefined || isLoopback(url.hostname)) return undefined;
  const listed = read('noProxy');
  const direct =
    Array.isArray(listed) && listed.length > 0
      ? listed.map(String)
      : (environment.NO_PROXY ?? environment.no_proxy ?? '').split(',');
  return isWithoutProxy(url, direct) ? undefined : set;
}

function environmentProxy(isSecure: boolean, environment: NodeJS.ProcessEnv): string | undefined {
  const plain = text(environment.HTTP_PROXY) ?? text(environment.http_proxy);
  if (!isSecure) return plain;
  return text(environment.HTTPS_PROXY) ?? text(environment.https_proxy) ?? plain;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The editor takes no proxy for these either. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

let trusted: readonly string[] | undefined;

/** Those of Node and of the system; undefined where Node cannot tell the latter. Read once, since it takes a while. */
function trustedCertificates(): readonly string[] | undefined {
  if (!('getCACertificates' in tls)) return undefined;
  trusted ??= [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
  return trusted;
}
