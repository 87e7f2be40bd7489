import { Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxySettings } from '../fetchSettings';
import type { Reach } from './addressRules';
import { cancelled } from './cancelled';
import { Connections, refuseProxied, type Resolve } from './connections';
import { proxyAuthorization, usesProxy } from './proxyRules';
import { withoutCredentials } from './shownUrl';

/** How a request gets to its host. */
export interface Route {
  options: RequestOptions;
  /** For the proxy. */
  headers: Record<string, string>;
  /** Of the first connection, which is the proxy's if there is one and the page is not read over TLS. */
  isTls: boolean;
  isProxied: boolean;
}

interface ProxyPool {
  settings: ProxySettings;
  /** Tunnels, for https: pages. */
  tunnels: HttpsProxyAgent<string>;
  plain: HttpAgent;
}

/** The ways to hosts: straight, or through the editor's proxy. */
export class Routes {
  private readonly connections: Connections;
  private readonly proxy: ProxyPool | null;

  constructor(
    private readonly resolve: Resolve,
    proxy: ProxySettings | null,
  ) {
    this.connections = new Connections(resolve);
    this.proxy = proxy && openPool(proxy);
  }

  /** @throws {CrawlFailure} `blocked-address`, for what can be told before connecting; `cancelled`. */
  async routeTo(url: URL, reach: Reach, signal: AbortSignal): Promise<Route> {
    const options = urlToHttpOptions(url);
    const isTls = url.protocol === 'https:';
    const { proxy } = this;
    if (!proxy || !usesProxy(url, proxy.settings)) {
      const agent = this.connections.agentFor(url, reach);
      return { options: { ...options, agent }, headers: {}, isTls, isProxied: false };
    }
    await refuseProxied(this.resolve, url.hostname, reach);
    if (signal.aborted) throw cancelled();
    if (isTls) return { options: { ...options, agent: proxy.tunnels }, headers: {}, isTls, isProxied: true };
    return plainRoute(url, proxy);
  }

  dispose(): void {
    this.connections.dispose();
    this.proxy?.tunnels.destroy();
    this.proxy?.plain.destroy();
  }
}

/** An http: page is asked of the proxy by its whole URL (RFC 9112, 3.2.2). */
function plainRoute(url: URL, { settings, plain }: ProxyPool): Route {
  const proxyUrl = new URL(settings.url);
  const page = new URL(withoutCredentials(url));
  page.hash = '';
  const { auth } = urlToHttpOptions(url);
  const authorization = proxyAuthorization(settings);
  return {
    options: {
      ...urlToHttpOptions(new URL(proxyUrl.origin)),
      path: page.href,
      auth,
      agent: plain,
      // Otherwise it would be taken from the page's own host.
      servername: isIP(proxyUrl.hostname) === 0 ? proxyUrl.hostname : '',
      ...tlsOptions(settings),
    } as RequestOptions,
    headers: authorization === null ? {} : { 'Proxy-Authorization': authorization },
    isTls: proxyUrl.protocol === 'https:',
    isProxied: true,
  };
}

function openPool(settings: ProxySettings): ProxyPool {
  const { origin, protocol } = new URL(settings.url);
  const authorization = proxyAuthorization(settings);
  return {
    settings,
    tunnels: new HttpsProxyAgent(origin, {
      keepAlive: true,
      ...tlsOptions(settings),
      ...(authorization !== null && { headers: { 'Proxy-Authorization': authorization } }),
    }),
    plain: protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
  };
}

/** For the proxy's own certificate; that of a page is always checked. */
function tlsOptions({ acceptsAnyCertificate }: ProxySettings): { rejectUnauthorized: boolean } {
  return { rejectUnauthorized: !acceptsAnyCertificate };
}
