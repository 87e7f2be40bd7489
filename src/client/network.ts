import http from 'node:http';
import https from 'node:https';
import { ClientError } from './clientError';
import { TunnelAgent } from './tunnelAgent';

/** What lies between a client and its server. */
export interface Network {
  /** Of an http or https proxy; a user name and password in it are for the proxy. Default: no proxy. */
  proxyUrl?: string | undefined;
  /** The `Proxy-Authorization` header, instead of what the URL says. */
  proxyAuthorization?: string | undefined;
  /** Takes any certificate, which makes TLS no proof of who the server is. Default false. */
  acceptsAnyCertificate?: boolean | undefined;
  /** Whom to trust, as PEM certificates. Default: whom Node trusts. */
  certificates?: readonly string[] | undefined;
}

/** @throws {ClientError} `proxy` when the URL is that of no proxy which can be used. */
export function checkNetwork(network: Network): Network {
  const { proxyUrl } = network;
  if (proxyUrl !== undefined && !/^https?:$/.test(URL.parse(proxyUrl)?.protocol ?? '')) {
    // It may hold a password, so it is not shown.
    const text =
      'The proxy must be given as http://host:port or https://host:port. Check the proxy settings.';
    throw new ClientError('proxy', text);
  }
  return network;
}

/** An agent for one connection at a time to `url`, and at that by way of the proxy, if there is one. */
export function createAgent(url: string, network: Network, connectTimeoutMs: number): http.Agent {
  const options = { keepAlive: true, maxSockets: 1 };
  if (network.proxyUrl !== undefined) return new TunnelAgent(url, network, connectTimeoutMs, options);
  return /^(https|wss):/.test(url) ? new https.Agent(options) : new http.Agent(options);
}

/** Options of a request, which its agent hands on to TLS. */
export function tlsOptions(network: Network): { rejectUnauthorized: boolean; ca?: string[] } {
  return {
    rejectUnauthorized: network.acceptsAnyCertificate !== true,
    ...(network.certificates && { ca: [...network.certificates] }),
  };
}
