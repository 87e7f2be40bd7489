import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { decodeClientMessage } from '../../src/protocol/decodeClientMessage';
import { serverMessage } from '../../src/protocol/encode';
import type {
  ClientMessage,
  CrawlResult,
  ServerMessageData,
  ServerMessageType,
} from '../../src/protocol/messages';
import { encodeFrame, FrameReader, opcodes, type Frame } from './webSocketFrames';

export interface FakeScript {
  /** Takes an upgrade request over instead of opening a WebSocket. */
  onUpgrade?: (socket: Duplex, request: IncomingMessage) => void;
  /** Default: {@link FakePeer.greet}. */
  onOpen?: (peer: FakePeer) => void;
  /** Default: {@link FakePeer.answer}. The next frame is read when it is through. */
  onRequest?: (peer: FakePeer, request: ClientMessage) => void | Promise<void>;
}

/**
 * A RipTide 1.0 that behaves as the recordings of the real one: a Ping frame follows the welcome, frames are read one
 * after the other, a Close is never answered, what it cannot read it does not answer, and `status` wedges it.
 */
export class FakeRipTide {
  readonly peers: FakePeer[] = [];
  readonly address: string;
  private readonly server: Server;
  private readonly sockets: Socket[] = [];
  private readonly activity = new EventEmitter();

  private constructor(server: Server, script: FakeScript) {
    this.server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.activity.setMaxListeners(0);
    server.on('connection', (socket) => this.sockets.push(socket));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      socket.on('error', () => undefined);
      if (script.onUpgrade) script.onUpgrade(socket, request);
      else this.accept(socket, request, script);
    });
  }

  static async start(script: FakeScript = {}): Promise<FakeRipTide> {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeRipTide(server, script);
  }

  /** Resolves when `condition` holds, which is looked at whenever something happened on a connection. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => this.activity.once('any', resolve));
  }

  /** Connections that the client has not ended. */
  get openPeers(): FakePeer[] {
    return this.peers.filter((peer) => !peer.isGone);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Duplex, request: IncomingMessage, script: FakeScript): void {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const peer = new FakePeer(socket, request, script, this.peers.length, () => this.activity.emit('any'));
    this.peers.push(peer);
    this.activity.emit('any');
  }
}

/** The server's end of one connection. */
export class FakePeer {
  readonly headers: IncomingHttpHeaders;
  readonly requestPath: string;
  readonly sessionId: string;
  /** What was received, also what is not read yet. */
  readonly frames: Frame[] = [];
  /** What was read. */
  readonly requests: ClientMessage[] = [];
  isGone = false;
  private readonly socket: Duplex;
  private readonly script: FakeScript;
  private readonly onActivity: () => void;
  private turn: Promise<void> = Promise.resolve();
  private sentCount = 0;
  /** Of the last crawl, for a client that sends one; what is sent bears it. */
  private requestId: string | undefined;

  constructor(
    socket: Duplex,
    request: IncomingMessage,
    script: FakeScript,
    number: number,
    onActivity: () => void,
  ) {
    this.socket = socket;
    this.script = script;
    this.onActivity = onActivity;
    this.headers = request.headers;
    this.requestPath = request.url ?? '';
    this.sessionId = `session-${number + 1}`;
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.read(chunk)) {
        this.frames.push(frame);
        this.turn = this.turn.then(() => this.take(frame)).then(onActivity);
      }
      onActivity();
    });
    // A client that goes away ends its half; the real server notices when it reads the end.
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.isGone = true;
      onActivity();
    });
    if (script.onOpen) script.onOpen(this);
    else this.greet();
  }

  greet(extensions?: string[]): void {
    this.send('welcome', {
      session_id: this.sessionId,
      server_time: '2026-11-22T18:03:45.239171785+00:00',
      protocol_version: '1.0',
      supported_operations: ['crawl', 'ping', 'status'],
      ...(extensions && { extensions }),
    });
    this.sendFrame(opcodes.ping, Buffer.from('1795370625240'));
  }

  /**
   * Answers as the real server does. Results come by the `d` of their URLs, those with `fail=1` are failures, and one
   * URL with `refuse=1` makes it refuse the request.
   */
  answer(request: ClientMessage): void | Promise<void> {
    switch (request.request_type) {
      case 'ping':
        this.send('pong', { session_id: this.sessionId, timestamp: '2026-11-22T18:03:46.264742053+00:00' });
        return;
      case 'status':
        this.sendStatus();
        // Never settles: nothing is read on this connection any more.
        return new Promise(() => undefined);
      case 'crawl':
        this.answerCrawl(request.data.urls);
        return;
      default: {
        const message = `Unknown request type: ${request.request_type}`;
        this.send('error', { error_type: 'unknown_request', message });
      }
    }
  }

  sendStatus(): void {
    this.send('status', {
      session_id: this.sessionId,
      connected_duration_ms: 51,
      is_healthy: true,
      message_count: this.sentCount,
      backpressure_count: 0,
    });
  }

  sendMetadata(total: number): void {
    this.send('metadata', {
      total_urls: total,
      session_id: this.sessionId,
      timestamp: '2026-11-22T18:03:45.347669227+00:00',
      stream_type: 'crawl',
    });
  }

  /** One result with the progress of a crawl in which nothing failed. */
  sendResult(index: number, url: string, completed: number, total: number): void {
    this.send('result', { index, result: pageOf(url), progress: { completed, total, success_rate: 1 } });
  }

  send<Type extends ServerMessageType>(type: Type, data: ServerMessageData[Type]): void {
    this.sentCount += 1;
    const mark = this.requestId === undefined ? {} : { request_id: this.requestId };
    this.sendText(JSON.stringify(serverMessage(type, data, mark)));
  }

  sendText(text: string): void {
    this.sendFrame(opcodes.text, Buffer.from(text));
  }

  sendFrame(opcode: number, payload: Buffer): void {
    this.sendBytes(encodeFrame(opcode, payload));
  }

  sendBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Stays connected, and neither reads nor writes any more. */
  freeze(): void {
    this.socket.pause();
  }

  /** Ends TCP without a Close frame. */
  drop(): void {
    this.socket.destroy();
  }

  private async take(frame: Frame): Promise<void> {
    switch (frame.opcode) {
      case opcodes.close:
        this.drop();
        return;
      case opcodes.ping:
        this.sendFrame(opcodes.pong, frame.payload);
        return;
      case opcodes.text:
        await this.takeText(frame.payload.toString());
    }
  }

  private async takeText(text: string): Promise<void> {
    let request: ClientMessage;
    try {
      request = decodeClientMessage(text);
    } catch {
      return;
    }
    this.requests.push(request);
    if (request.request_type === 'crawl') this.requestId = request.request_id;
    this.onActivity();
    await (this.script.onRequest ? this.script.onRequest(this, request) : this.answer(request));
  }

  private answerCrawl(urls: string[]): void {
    const refusal = refusalOf(urls);
    if (refusal !== undefined) {
      this.send('error', { error_type: 'validation_error', message: refusal });
      return;
    }
    this.sendMetadata(urls.length);
    const byDelay = urls
      .map((url, index) => ({ index, url, delay: Number(new URL(url).searchParams.get('d') ?? 0) }))
      .sort((a, b) => a.delay - b.delay);
    let failed = 0;
    byDelay.forEach(({ index, url }, at) => {
      const result = pageOf(url);
      if (result.error) failed += 1;
      const completed = at + 1;
      const success_rate = (completed - failed) / completed;
      this.send('result', { index, result, progress: { completed, total: urls.length, success_rate } });
    });
    this.send('summary', {
      total_urls: urls.length,
      successful: urls.length - failed,
      failed,
      total_processing_time_ms: 121,
    });
  }
}

function refusalOf(urls: string[]): string | undefined {
  if (urls.length === 0) return 'Validation error: At least one URL is required';
  if (urls.length > 100) return `Validation error: Too many URLs: ${urls.length} (maximum: 100)`;
  const refused = urls.findIndex((url) => url.includes('192.168.') || url.includes('refuse=1'));
  if (refused < 0) return undefined;
  return `Invalid URL: ${urls[refused]} - URL ${refused + 1} validation failed: URL contains blocked pattern`;
}

export function pageOf(url: string): CrawlResult {
  const query = new URL(url).searchParams;
  const isFailure = query.get('fail') === '1';
  return {
    url,
    status: isFailure ? 0 : 200,
    from_cache: false,
    gate_decision: isFailure ? 'failed' : 'raw',
    quality_score: isFailure ? 0 : 0.8500000238418579,
    processing_time_ms: isFailure ? 0 : 12,
    document: isFailure
      ? null
      : {
          url,
          title: 't',
          text: 'x'.repeat(Number(query.get('size') ?? 10)),
          markdown: null,
          byline: null,
          published_iso: null,
          language: null,
          site_name: null,
          description: null,
          links: [],
          media: [],
          categories: [],
          quality_score: null,
          reading_time: null,
          word_count: null,
          html: null,
          parser_metadata: null,
        },
    error: isFailure
      ? { error_type: 'processing_error', message: 'Failed to process URL', retryable: true }
      : null,
    cache_key: isFailure ? '' : 'riptide:v1:read_through:abc',
  };
}
