import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import type { Reach } from '../fetch/addressRules';
import { guardedLookup, refuseOutOfReach, refuseProxied, type Resolve } from '../fetch/connections';
import { proxyAuthorization, usesProxy } from '../fetch/proxyRules';
import type { ProxySettings } from '../fetchSettings';

export interface TunnelWays {
  resolve: Resolve;
  proxy: ProxySettings | null;
  /** Ends the attempt. */
  signal: AbortSignal;
}

/**
 * A connection to a host's port for bytes of any kind, straight or through the editor's proxy.
 *
 * @throws {Error} When it is out of reach.
 */
export async function openTunnel(target: URL, reach: Reach, ways: TunnelWays): Promise<Duplex> {
  const { resolve, proxy, signal } = ways;
  if (proxy && usesProxy(target, proxy)) {
    await refuseProxied(resolve, target.hostname, reach);
    return tunnelThrough(proxy, target, signal);
  }
  refuseOutOfReach(target.hostname, reach);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const lookup = guardedLookup(resolve, reach);
  const socket = connect({ host, port: portOf(target), lookup, autoSelectFamily: true, signal });
  await once(socket, 'connect');
  return socket;
}

async function tunnelThrough(proxy: ProxySettings, target: URL, signal: AbortSignal): Promise<Duplex> {
  const url = new URL(proxy.url);
  const authorization = proxyAuthorization(proxy);
  const place = `${target.hostname}:${portOf(target)}`;
  const request = (url.protocol === 'https:' ? https : http).request({
    ...urlToHttpOptions(new URL(url.origin)),
    method: 'CONNECT',
    path: place,
    headers: { Host: place, ...(authorization !== null && { 'Proxy-Authorization': authorization }) },
    rejectUnauthorized: !proxy.acceptsAnyCertificate,
    agent: false,
    signal,
  });
  request.end();
  const [answer, socket, head] = (await once(request, 'connect')) as [IncomingMessage, Duplex, Buffer];
  if (answer.statusCode !== 200) {
    socket.destroy();
    throw new Error(`The proxy answered ${answer.statusCode}.`);
  }
  socket.unshift(head);
  return socket;
}

export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}
