import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Logger } from '../../base/logger';
import { crawlSocketPath, maxRequestBytes } from '../../protocol/limits';
import type { Crawler } from '../crawler';
import { isLoopbackHost } from '../fetch/addressRules';
import type { StrictRipTide } from '../strict/strictRipTide';
import { judgeRequest } from './access';
import { EngineMetrics } from './engineMetrics';
import { HttpRefusal } from './httpRefusal';
import { KeptCrawls } from './keptCrawls';
import { Peer, type PeerParts } from './peer';
import { engineRoutes, type Route } from './routes';

/** How long open connections get to end by themselves when the server closes. */
const closeGraceMs = 500;

/** For a request's head and body; RipTide's 30 s bound them too. */
const requestTimeoutMs = 30_000;

/** A shorter message is not worth the work. */
const compressionThresholdBytes = 1024;

export interface CrawlServerOptions {
  host: string;
  /** 0 lets the system pick. */
  port: number;
  /** `null` lets anyone in who can reach the port. */
  token: string | null;
  version: string;
  crawler: Crawler;
  logger: Logger;
  /** Whether messages to that address may be compressed. Default: to all that are not this machine's. */
  compressesFor?: (remoteAddress: string) => boolean;
  /** Serves faults on purpose. */
  strict?: StrictRipTide | undefined;
}

/** Serves crawls over WebSocket, NDJSON, SSE and plain HTTP as RipTide does, its health, and its metrics. */
export class CrawlServer {
  private readonly options: CrawlServerOptions;
  private readonly http: Server;
  private readonly sockets: WebSocketServer;
  private readonly peers = new Set<Peer>();
  private readonly parts: PeerParts;
  private readonly routes: ReadonlyMap<string, Route>;

  constructor(options: CrawlServerOptions) {
    this.options = options;
    const metrics = new EngineMetrics();
    this.parts = { crawler: options.crawler, metrics, kept: new KeptCrawls(), logger: options.logger };
    this.http = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      void this.answer(request, response);
    });
    metrics.watch(this.http);
    // 1.0 servers negotiate no subprotocol (RipTide's handler, protocol 1.1).
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: {
        threshold: compressionThresholdBytes,
        // Contexts would cost each connection 300 KB and more, and gain little for messages of this size.
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
      },
      maxPayload: maxRequestBytes,
      ...(options.strict && { WebSocket: options.strict.socketClass }),
    });
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.routes = engineRoutes(this.parts, options.version);
  }

  /** @returns the port that is listened on. @throws the system's error when it cannot be. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(this.options.port, this.options.host, resolve);
    });
    return (this.http.address() as AddressInfo).port;
  }

  /** Ends every crawl, closes every connection and waits until the port is free. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    for (const peer of this.peers) peer.close(1001, 'The engine is stopping');
    this.parts.kept.close();
    this.http.closeIdleConnections();
    const grace = setTimeout(() => {
      for (const socket of this.sockets.clients) socket.terminate();
      this.http.closeAllConnections();
    }, closeGraceMs);
    await closed;
    clearTimeout(grace);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.options.strict?.answers(request, response)) return;
    try {
      await this.routeOf(request).serve(request, response);
    } catch (error) {
      this.answerFailure(error, response);
    }
  }

  /** @throws {HttpRefusal} in RipTide's order: access, then path and method. */
  private routeOf(request: IncomingMessage): Route {
    const path = pathOf(request);
    const route = this.routes.get(path);
    const refusal = judgeRequest(request.headers, route?.isPublic ? null : this.options.token);
    if (refusal) throw HttpRefusal.flat(refusal.status, refusal.message);
    if (!route) throw HttpRefusal.envelope(404, 'not_found', `No such path: ${path.slice(0, 200)}`);
    const method = request.method ?? '';
    if (!route.methods.includes(method)) throw HttpRefusal.method(method, route.methods);
    return route;
  }

  private answerFailure(error: unknown, response: ServerResponse): void {
    if (response.destroyed || response.writableEnded) return;
    if (error instanceof HttpRefusal) {
      response.writeHead(error.status, error.headers).end(error.body);
      return;
    }
    this.options.logger.error(
      `request: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    if (response.headersSent) {
      // Cut off, the client sees that the stream is broken; ended, it would look whole.
      response.destroy();
      return;
    }
    const message = 'The request ended by a fault in the engine; its log has the details';
    const { status, headers, body } = HttpRefusal.envelope(500, 'internal_error', message);
    response.writeHead(status, headers).end(body);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      this.serveWithoutUpgrade(request, socket, head);
      return;
    }
    socket.on('error', (error) => this.options.logger.debug(`upgrade: ${error.message}`));
    if (this.options.strict?.refuses(socket)) return;
    const refusal = judgeRequest(request.headers, this.options.token);
    if (refusal) {
      refuseUpgrade(socket, HttpRefusal.flat(refusal.status, refusal.message));
    } else if (pathOf(request) !== crawlSocketPath) {
      const message = `WebSockets are served at ${crawlSocketPath}`;
      refuseUpgrade(socket, HttpRefusal.envelope(404, 'not_found', message));
    } else {
      // Over loopback bytes cost less than compressing them does; without an offer there is none.
      if (!this.compressesFor(request)) delete request.headers['sec-websocket-extensions'];
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const peer = new Peer(webSocket, socket, this.parts);
        this.peers.add(peer);
        webSocket.once('close', () => this.peers.delete(peer));
      });
    }
  }

  private compressesFor({ socket }: IncomingMessage): boolean {
    const { compressesFor = (address: string) => !isLoopbackHost(address) } = this.options;
    return compressesFor(socket.remoteAddress ?? '');
  }

  /** Node gives every upgrade away that it is asked for; of one that is not on offer, the request stands (RFC 9110, 7.8). */
  private serveWithoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { rawHeaders, method, url, httpVersion } = request;
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let at = 0; at < rawHeaders.length; at += 2) {
      if (!/^(upgrade|connection|http2-settings)$/i.test(rawHeaders[at] ?? '')) {
        lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
      }
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    this.http.emit('connection', socket);
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpRefusal): void {
  const lines = Object.entries({ Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
