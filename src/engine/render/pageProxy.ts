import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Reach } from '../fetch/addressRules';
import { Connections, guardedLookup, refuseOutOfReach, type Resolve } from '../fetch/connections';

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
  private readonly connections: Connections;
  private bytes = 0;

  constructor(
    private readonly privateOrigin: URL | null,
    private readonly resolve: Resolve,
  ) {
    this.connections = new Connections(resolve);
    this.server.on('connection', (socket) => this.keep(socket));
    this.server.on('request', (request, response) => this.forward(request, response));
    this.server.on('connect', (request, socket, head) => this.tunnel(request, socket, head));
  }

  /** Resolves to the port, on the loopback address. */
  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    this.connections.dispose();
  }

  private forward(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
    // Only proxy requests name a whole URL: whoever else finds this port gets nothing.
    if (url?.protocol !== 'http:') {
      response.writeHead(400).end();
      return;
    }
    // Not an answer of its own, which a page would take for one of the server's.
    const refuse = (): void => void response.destroy();
    try {
      const outgoing = http.request(url, {
        method: request.method,
        headers: withoutProxyHeaders(request),
        agent: this.connections.agentFor(url, this.reachOf(url.hostname, Number(url.port || 80))),
      });
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('data', (chunk: Buffer) => this.count(chunk));
        answer.on('error', refuse);
        answer.pipe(response);
      });
      outgoing.on('error', refuse);
      response.on('close', () => outgoing.destroy());
      request.pipe(outgoing);
    } catch {
      refuse();
    }
  }

  private tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.keep(socket);
    const target = URL.canParse(`http://${request.url ?? ''}`)
      ? new URL(`http://${request.url ?? ''}`)
      : null;
    const port = Number(target?.port === '' ? 80 : target?.port);
    const outgoing = target ? this.open(target.hostname, port) : null;
    if (!outgoing) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    this.keep(outgoing);
    outgoing.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outgoing.write(head);
      outgoing.pipe(socket);
      socket.pipe(outgoing);
    });
    outgoing.on('data', (chunk: Buffer) => this.count(chunk));
    outgoing.once('close', () => socket.destroy());
    socket.once('close', () => outgoing.destroy());
  }

  private open(hostname: string, port: number): Socket | null {
    const reach = this.reachOf(hostname, port);
    try {
      refuseOutOfReach(hostname, reach);
    } catch {
      return null;
    }
    const host = hostname.replace(/^\[|\]$/g, '');
    return connect({ host, port, lookup: guardedLookup(this.resolve, reach), autoSelectFamily: true });
  }

  private reachOf(hostname: string, port: number): Reach {
    const own = this.privateOrigin;
    if (!own) return 'public';
    const ownPort = Number(own.port || (own.protocol === 'https:' ? 443 : 80));
    return hostname === own.hostname && port === ownPort ? 'any' : 'public';
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
