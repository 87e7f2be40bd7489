import { randomUUID } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../base/logger';
import { decodeClientMessage, requestIdOf } from '../../protocol/decodeClientMessage';
import { rfc3339 } from '../../protocol/encode';
import { maxCrawlsPerConnection, serverPingIntervalMs } from '../../protocol/limits';
import type {
  ClientMessage,
  CrawlRequest,
  CreditGrant,
  ServerMessageData,
  ServerMessageType,
} from '../../protocol/messages';
import { ProtocolError } from '../../protocol/protocolError';
import { CountedCrawl, type CrawlParts } from './countedCrawl';
import { refusalOf } from './crawlRefusal';
import type { Frame } from './creditWindow';
import { encodeFrame } from './frames';
import type { KeptCrawls } from './keptCrawls';
import { servedExtensions } from './servedExtensions';
import { ServedCrawl, type CrawlOutlet } from './servedCrawl';

/** Above this many unsent bytes, the next result waits until the client has read. */
const outboxHighMarkBytes = 4 * 1024 * 1024;

/** A send that takes longer counts as backpressure (RipTide's handler, protocol 1.2). */
const slowSendMs = 6_000;

export interface PeerParts extends CrawlParts {
  kept: KeptCrawls;
  logger: Logger;
}

type RequestOf<Type extends ClientMessage['request_type']> = Extract<ClientMessage, { request_type: Type }>;

/** One accepted connection: answers requests, keeps the connection alive. */
export class Peer implements CrawlOutlet {
  readonly sessionId = randomUUID();
  private readonly socket: WebSocket;
  /** What the socket writes to. */
  private readonly stream: Duplex;
  private readonly parts: PeerParts;
  private readonly connectedAtMs = Date.now();
  private readonly crawls = new Set<ServedCrawl>();
  /** Crawls without a request id run one after the other, in the order asked (protocol 1.8). */
  private lastCrawl: Promise<void> = Promise.resolve();
  private messageCount = 0;
  private backpressureCount = 0;
  private isGathering = false;

  constructor(socket: WebSocket, stream: Duplex, parts: PeerParts) {
    this.socket = socket;
    this.stream = stream;
    this.parts = parts;
    const keepalive = setInterval(() => this.socket.ping(String(Date.now())), serverPingIntervalMs);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('error', (error) => parts.logger.debug(`connection: ${error.message}`));
    socket.on('close', () => {
      clearInterval(keepalive);
      this.leaveCrawls();
    });
    this.answer('welcome', {
      session_id: this.sessionId,
      server_time: rfc3339(new Date()),
      protocol_version: '1.0',
      supported_operations: ['crawl', 'ping', 'status'],
      extensions: [...servedExtensions],
    });
    // RipTide's interval timer fires at once, so a Ping frame follows the welcome (protocol 1.4).
    socket.ping(String(Date.now()));
  }

  /** Ends the crawls of this connection and closes it with a WebSocket close code. */
  close(code: number, reason: string): void {
    for (const crawl of [...this.crawls]) crawl.abandon();
    this.socket.close(code, reason);
  }

  send({ data, isBinary }: Frame): void {
    if (!this.isOpen) return;
    this.messageCount += 1;
    this.gather();
    this.socket.send(data, { binary: isBinary });
  }

  async drained(): Promise<void> {
    if (this.socket.bufferedAmount < outboxHighMarkBytes) return;
    const waitingSinceMs = Date.now();
    // An empty ping is the cheapest frame whose callback tells that all before it has been written.
    await new Promise<void>((resolve) => this.socket.ping('', undefined, () => resolve()));
    if (Date.now() - waitingSinceMs > slowSendMs) this.backpressureCount += 1;
  }

  crawlLeft(crawl: ServedCrawl): void {
    this.crawls.delete(crawl);
  }

  /** What is sent in one turn of the event loop is written at once: to write costs more than the rest of a message does. */
  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    this.stream.cork();
    setImmediate(() => {
      this.isGathering = false;
      this.stream.uncork();
    });
  }

  private get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  private leaveCrawls(): void {
    for (const crawl of [...this.crawls]) {
      crawl.detach();
      this.parts.kept.wait(crawl);
    }
    this.crawls.clear();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.refuse('validation_error', 'Binary messages are not read: send requests as text');
      return;
    }
    const text = (data as Buffer).toString('utf8');
    try {
      this.dispatch(decodeClientMessage(text));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // A 1.0 server says nothing here and its clients hang; an answer harms none of them (protocol 10).
      const isUnknown = error.reason === 'unknown-type';
      const message = isUnknown ? error.message : `Bad request: ${error.message}`;
      this.refuse(isUnknown ? 'unknown_request' : 'validation_error', message, requestIdOf(text));
    }
  }

  private dispatch(message: ClientMessage): void {
    switch (message.request_type) {
      case 'ping':
        this.answer(
          'pong',
          { timestamp: rfc3339(new Date()), session_id: this.sessionId },
          message.request_id,
        );
        break;
      case 'status':
        this.answer(
          'status',
          {
            session_id: this.sessionId,
            connected_duration_ms: Date.now() - this.connectedAtMs,
            is_healthy: true,
            message_count: this.messageCount,
            backpressure_count: this.backpressureCount,
          },
          message.request_id,
        );
        break;
      case 'crawl':
        this.beginCrawl(message);
        break;
      case 'cancel':
        this.control(message.data.request_id, (crawl) => crawl.cancel());
        break;
      case 'pause':
        this.control(message.data.request_id, (crawl) => crawl.pause());
        break;
      case 'unpause':
        this.control(message.data.request_id, (crawl) => crawl.unpause());
        break;
      case 'credit':
        this.grant(message.data.request_id, message.data);
        break;
      case 'resume_from':
        this.resume(message.data.request_id, message.data);
    }
  }

  private beginCrawl({ data, request_id }: RequestOf<'crawl'>): void {
    if (request_id === undefined) {
      this.lastCrawl = this.lastCrawl.then(() => this.crawl(data, undefined));
    } else if (this.find(request_id)) {
      const message = `The request id ${request_id} is that of another crawl under way: use a new one`;
      this.refuse('validation_error', message, request_id);
    } else if (this.isFull()) {
      this.refuseFull(request_id);
    } else {
      void this.crawl(data, request_id);
    }
  }

  /** Never rejects. */
  private async crawl(request: CrawlRequest, requestId: string | undefined): Promise<void> {
    if (!this.isOpen) return;
    const refusal = refusalOf(request)?.message ?? creditRefusalOf(request, requestId);
    if (refusal !== null) {
      this.refuse('validation_error', refusal, requestId);
      return;
    }
    const { kept, logger } = this.parts;
    const counted = new CountedCrawl(this.parts, 'websocket', request);
    const crawl = new ServedCrawl(counted, request, requestId, this, kept);
    this.crawls.add(crawl);
    if (crawl.isResumable) kept.add(crawl);
    try {
      await crawl.run();
    } catch (error) {
      logger.error(`crawl: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  private control(requestId: string, act: (crawl: ServedCrawl) => void): void {
    const crawl = this.find(requestId);
    if (crawl) act(crawl);
    else this.refuseUnknown(requestId);
  }

  /** One for a crawl that is over may be late, so that it is no fault. */
  private grant(requestId: string, grant: CreditGrant): void {
    const crawl = this.find(requestId);
    if (crawl && !crawl.grant(grant)) this.refuseGrant(requestId);
  }

  private resume(requestId: string, grant: CreditGrant): void {
    const crawl = this.parts.kept.find(requestId);
    const own = this.find(requestId);
    if (!crawl || (own && own !== crawl)) {
      this.refuseUnknown(requestId);
      return;
    }
    if (!own && this.isFull()) {
      this.refuseFull(requestId);
      return;
    }
    // Before it is told, since that may be all there is of it.
    this.crawls.add(crawl);
    if (crawl.attach(this, grant)) return;
    if (!own) this.crawls.delete(crawl);
    this.refuseGrant(requestId);
  }

  private find(requestId: string): ServedCrawl | undefined {
    for (const crawl of this.crawls) if (crawl.requestId === requestId) return crawl;
    return undefined;
  }

  private isFull(): boolean {
    return [...this.crawls].filter(({ isTold }) => !isTold).length >= maxCrawlsPerConnection;
  }

  private refuseFull(requestId: string): void {
    const message = `A connection has ${maxCrawlsPerConnection} crawls at once: wait until one is over`;
    this.refuse('too_many_crawls', message, requestId);
  }

  private refuseUnknown(requestId: string): void {
    const message = `No crawl of the request id ${requestId} is known here; it may be over`;
    this.refuse('unknown_crawl', message, requestId);
  }

  private refuseGrant(requestId: string): void {
    const message = 'received is more than was ever sent, or the crawl was asked for without credit';
    this.refuse('validation_error', message, requestId);
  }

  private refuse(type: string, message: string, requestId?: string): void {
    this.answer('error', { error_type: type, message }, requestId);
  }

  private answer<Type extends ServerMessageType>(
    type: Type,
    data: ServerMessageData[Type],
    requestId?: string,
  ): void {
    this.send(encodeFrame(type, data, requestId === undefined ? {} : { request_id: requestId }));
  }
}

function creditRefusalOf(request: CrawlRequest, requestId: string | undefined): string | null {
  if (request.credit === undefined || requestId !== undefined) return null;
  return 'A crawl with credit needs a request id, which further credit can name';
}
