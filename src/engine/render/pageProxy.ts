import { once, setMaxListeners } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Reach } from '../fetch/addressRules';
import type { Resolve } from '../fetch/connections';
import { Routes } from '../fetch/routes';
import type { ProxySettings } from '../fetchSettings';
import { openTunnel, portOf } from './openTunnel';

/** What a page may load in all. */
const maxBytes = 50 * 1024 * 1024;

/**
 * The only way out for one rendered page. Addresses are judged in the look-up that the connection is then made to,
 * since a browser that was told "this name is fine" would look it up again. Private ones are reached at `privateOrigin`
 * alone.
 */
export class PageProxy {
  private readonly server = http.createServer();
  private readonly sockets = new Set<Duplex>();
  private readonly routes: Routes;
  private readonly ended = new AbortController();
  private bytes = 0;

  constructor(
    private readonly privateOrigin: URL | null,
    private readonly resolve: Resolve,
    /** That all but this machine is reached through. */
    private readonly proxy: ProxySettings | null,
  ) {
    this.routes = new Routes(resolve, proxy);
    // Each request under way listens to it.
    setMaxListeners(0, this.ended.signal);
    this.server.on('connection', (socket) => this.keep(socket));
    this.server.on('request', (request, response) => void this.forward(request, response));
    this.server.on('connect', (request, socket, head) => void this.tunnel(request, socket, head));
  }

  /** Resolves to the port, on the loopback address. */
  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.ended.abort();
    for (const socket of this.sockets) socket.destroy();
    this.routes.dispose();
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
    // Only proxy requests name a whole URL: whoever else finds this port gets nothing.
    if (url?.protocol !== 'http:') {
      response.writeHead(400).end();
      return;
    }
    // Not an answer of its own, which a page would take for one of the server's.
    const refuse = (): void => void response.destroy();
    try {
      const route = await this.routes.routeTo(url, this.reachOf(url), this.ended.signal);
      const outgoing = (route.isTls ? https : http).request({
        ...route.options,
        method: request.method,
        headers: { ...withoutProxyHeaders(request), ...route.headers },
        signal: this.ended.signal,
      });
      outgoing.on('response', (answer) => {
        const status = answer.statusCode ?? 502;
        if (route.isProxied && status === 407) {
          outgoing.destroy();
          return;
        }
        response.writeHead(status, answer.headers);
        answer.on('data', (chunk: Buffer) => this.count(chunk));
        answer.on('error', refuse);
        answer.pipe(response);
      });
      outgoing.on('error', refuse);
      outgoing.on('close', () => {
        if (!response.headersSent) refuse();
      });
      response.on('close', () => outgoing.destroy());
      request.pipe(outgoing);
    } catch {
      refuse();
    }
  }

  private async tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.keep(socket);
    try {
      const target = new URL(`https://${request.url ?? ''}`);
      const { resolve, proxy, ended } = this;
      const ways = { resolve, proxy, signal: ended.signal };
      const outgoing = await openTunnel(target, this.reachOf(target), ways);
      this.keep(outgoing);
      outgoing.on('data', (chunk: Buffer) => this.count(chunk));
      outgoing.once('close', () => socket.destroy());
      socket.once('close', () => outgoing.destroy());
      if (socket.destroyed) {
        outgoing.destroy();
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outgoing.write(head);
      outgoing.pipe(socket);
      socket.pipe(outgoing);
    } catch {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    }
  }

  private reachOf(url: URL): Reach {
    const own = this.privateOrigin;
    return own?.hostname === url.hostname && portOf(own) === portOf(url) ? 'any' : 'public';
  }

  private keep(socket: Duplex): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  private count(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > maxBytes) this.close();
  }
}

function withoutProxyHeaders({ headers }: IncomingMessage): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('proxy-')));
}
