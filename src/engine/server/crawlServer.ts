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
import { judgeRequest } from './access';
import type { CrawlParts } from './countedCrawl';
import { EngineMetrics } from './engineMetrics';
import { Peer } from './peer';

/** How long open connections get to end by themselves when the server closes. */
const closeGraceMs = 500;

export interface CrawlServerOptions {
  host: string;
  /** 0 lets the system pick. */
  port: number;
  /** `null` lets anyone in who can reach the port. */
  token: string | null;
  version: string;
  crawler: Crawler;
  logger: Logger;
}

/** Serves `/crawl/ws` as RipTide does, and `/healthz`. */
export class CrawlServer {
  private readonly options: CrawlServerOptions;
  private readonly startedAtMs = Date.now();
  private readonly http: Server;
  private readonly sockets: WebSocketServer;
  private readonly peers = new Set<Peer>();
  private readonly parts: CrawlParts;

  constructor(options: CrawlServerOptions) {
    this.options = options;
    this.http = createServer((request, response) => this.answer(request, response));
    const metrics = new EngineMetrics();
    metrics.watch(this.http);
    this.parts = { crawler: options.crawler, metrics };
    // 1.0 servers negotiate neither a subprotocol nor compression (RipTide's handler, protocol 1.1).
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: maxRequestBytes,
    });
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
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
    this.http.closeIdleConnections();
    const grace = setTimeout(() => {
      for (const socket of this.sockets.clients) socket.terminate();
      this.http.closeAllConnections();
    }, closeGraceMs);
    await closed;
    clearTimeout(grace);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request);
    // Health is public, as it is at RipTide: it probes reachability, not the key.
    const refusal = judgeRequest(request.headers, path === '/healthz' ? null : this.options.token);
    if (refusal) {
      sendJson(response, refusal.status, refusalBody(refusal.status, refusal.message));
    } else if (path === '/healthz') {
      sendJson(response, 200, this.health());
    } else if (path === crawlSocketPath) {
      sendText(response, 426, 'This address speaks WebSocket: send an upgrade request');
    } else {
      sendJson(response, 404, {
        error: {
          type: 'not_found',
          message: `No such path: ${path.slice(0, 200)}`,
          retryable: false,
          status: 404,
        },
      });
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.options.logger.debug(`upgrade: ${error.message}`));
    const refusal = judgeRequest(request.headers, this.options.token);
    if (refusal) {
      refuseUpgrade(socket, refusal.status, refusalBody(refusal.status, refusal.message));
    } else if (pathOf(request) !== crawlSocketPath) {
      refuseUpgrade(socket, 404, {
        error: {
          type: 'not_found',
          message: `WebSockets are served at ${crawlSocketPath}`,
          retryable: false,
          status: 404,
        },
      });
    } else {
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const peer = new Peer(webSocket, this.parts, this.options.logger);
        this.peers.add(peer);
        webSocket.once('close', () => this.peers.delete(peer));
      });
    }
  }

  /** The part of RipTide's `/healthz` that applies to a local engine (protocol section 6). */
  private health(): object {
    return {
      status: 'healthy',
      version: this.options.version,
      timestamp: new Date().toISOString(),
      uptime: Math.round((Date.now() - this.startedAtMs) / 1000),
      dependencies: {},
      metrics: { memory_usage_bytes: process.memoryUsage.rss(), active_connections: this.peers.size },
    };
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** RipTide's 401 has two flat strings where its other errors have an envelope (protocol 5.1). */
function refusalBody(status: number, message: string): object {
  return { error: STATUS_CODES[status], message };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

function refuseUpgrade(socket: Duplex, status: number, body: object): void {
  const text = JSON.stringify(body);
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n${challenge}` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
