import { randomUUID } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import type { Logger } from '../../base/logger';
import { decodeClientMessage } from '../../protocol/decodeClientMessage';
import { encodeServerMessage, rfc3339 } from '../../protocol/encode';
import { serverPingIntervalMs } from '../../protocol/limits';
import {
  concurrentRequestsExtension,
  type ClientMessage,
  type CrawlRequest,
  type ServerMessageData,
  type ServerMessageType,
} from '../../protocol/messages';
import { ProtocolError } from '../../protocol/protocolError';
import { CountedCrawl, type CrawlParts } from './countedCrawl';
import { refusalOf } from './crawlRefusal';

/** Above this many unsent bytes, the next result waits until the client has read. */
const outboxHighMarkBytes = 4 * 1024 * 1024;

/** A send that takes longer counts as backpressure (RipTide's handler, protocol 1.2). */
const slowSendMs = 6_000;

/** One accepted connection: answers `crawl`, `ping` and `status`, keeps the connection alive. */
export class Peer {
  private readonly socket: WebSocket;
  private readonly parts: CrawlParts;
  private readonly logger: Logger;
  private readonly sessionId = randomUUID();
  private readonly connectedAtMs = Date.now();
  private readonly abort = new AbortController();
  /** Crawls of one connection run one after the other, in the order asked (protocol 1.8). */
  private lastCrawl: Promise<void> = Promise.resolve();
  private messageCount = 0;
  private backpressureCount = 0;

  constructor(socket: WebSocket, parts: CrawlParts, logger: Logger) {
    this.socket = socket;
    this.parts = parts;
    this.logger = logger;
    const keepalive = setInterval(() => this.socket.ping(String(Date.now())), serverPingIntervalMs);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('error', (error) => this.logger.debug(`connection: ${error.message}`));
    socket.on('close', () => {
      clearInterval(keepalive);
      this.abort.abort();
    });
    this.send('welcome', {
      session_id: this.sessionId,
      server_time: rfc3339(new Date()),
      protocol_version: '1.0',
      supported_operations: ['crawl', 'ping', 'status'],
      extensions: [concurrentRequestsExtension],
    });
    // RipTide's interval timer fires at once, so a Ping frame follows the welcome (protocol 1.4).
    socket.ping(String(Date.now()));
  }

  /** Ends the crawls of this connection and closes it with a WebSocket close code. */
  close(code: number, reason: string): void {
    this.abort.abort();
    this.socket.close(code, reason);
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.sendError('validation_error', 'Binary messages are not read: send requests as text');
      return;
    }
    try {
      this.dispatch(decodeClientMessage((data as Buffer).toString('utf8')));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // A 1.0 server says nothing here and its clients hang; an answer harms none of them (protocol 10).
      const type = error.reason === 'unknown-type' ? 'unknown_request' : 'validation_error';
      this.sendError(type, error.reason === 'unknown-type' ? error.message : `Bad request: ${error.message}`);
    }
  }

  private dispatch(message: ClientMessage): void {
    switch (message.request_type) {
      case 'ping':
        this.send('pong', { timestamp: rfc3339(new Date()), session_id: this.sessionId });
        break;
      case 'status':
        this.send('status', {
          session_id: this.sessionId,
          connected_duration_ms: Date.now() - this.connectedAtMs,
          is_healthy: true,
          message_count: this.messageCount,
          backpressure_count: this.backpressureCount,
        });
        break;
      case 'crawl':
        this.lastCrawl = this.lastCrawl
          .then(() => this.crawl(message.data))
          .catch((error: unknown) => this.failCrawl(error));
        break;
      case 'cancel':
      case 'pause':
      case 'unpause':
      case 'credit':
      case 'resume_from':
        this.sendError('unknown_request', `Unknown request type: ${message.request_type}`);
    }
  }

  private async crawl(request: CrawlRequest): Promise<void> {
    const refusal = refusalOf(request.urls);
    if (refusal !== null) {
      this.sendError('validation_error', refusal.message);
      return;
    }
    const crawl = new CountedCrawl(this.parts, 'websocket', request);
    this.send('metadata', {
      total_urls: crawl.total,
      session_id: this.sessionId,
      timestamp: rfc3339(crawl.startedAt),
      stream_type: 'crawl',
    });
    for await (const { index, result } of crawl.pages(this.abort.signal)) {
      this.send('result', { index, result, progress: crawl.progress });
      await this.drained();
    }
    this.send('summary', crawl.summary);
  }

  private failCrawl(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.logger.error(`crawl: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.sendError('internal_error', 'The crawl ended by a fault in the engine; its log has the details');
  }

  private send<Type extends ServerMessageType>(type: Type, data: ServerMessageData[Type]): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.messageCount += 1;
    this.socket.send(encodeServerMessage(type, data));
  }

  private sendError(type: string, message: string): void {
    this.send('error', { error_type: type, message });
  }

  private async drained(): Promise<void> {
    if (this.socket.bufferedAmount < outboxHighMarkBytes) return;
    const waitingSinceMs = Date.now();
    // An empty ping is the cheapest frame whose callback tells that all before it has been written.
    await new Promise<void>((resolve) => this.socket.ping('', undefined, () => resolve()));
    if (Date.now() - waitingSinceMs > slowSendMs) this.backpressureCount += 1;
  }
}
