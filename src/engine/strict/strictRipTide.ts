import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Fault } from './faults';
import { strictSocket } from './strictSocket';

/** RipTide's seven ways to write an error (protocol 5.5): status, content type, body. */
const errorBodies: readonly [number, string, string][] = [
  [
    503,
    'application/json',
    nested({ type: 'dependency_error', message: 'Busy', retryable: true, status: 503 }),
  ],
  [429, 'application/json', JSON.stringify({ error: 'Too Many Requests', message: 'Slow down' })],
  [
    500,
    'application/x-ndjson',
    `${nested({ type: 'internal_error', message: 'Broken', retryable: false })}\n`,
  ],
  [400, 'application/json', JSON.stringify({ error: 'Too many URLs' })],
  [
    405,
    'application/json',
    nested({ type: 'method_not_allowed', message: 'POST it', allowed_methods: ['POST'] }),
  ],
  [422, 'text/plain', 'The request could not be read'],
  [408, 'text/plain', ''],
];

/** What makes a server behave like RipTide 1.0 at its worst, so that clients can be tested against it. */
export class StrictRipTide {
  readonly socketClass: typeof WebSocket;
  private readonly faults: ReadonlySet<Fault>;
  private requests = 0;
  private posts = 0;
  private errors = 0;

  constructor(faults: ReadonlySet<Fault>) {
    this.faults = faults;
    this.socketClass = strictSocket(faults);
  }

  /** Whether the request has had its answer. */
  answers(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.isLimited()) {
      response.writeHead(429, { 'Content-Type': 'application/json', 'Retry-After': '1' }).end(limited);
      return true;
    }
    if (request.method !== 'POST') return false;
    const isSecond = ++this.posts % 2 === 0;
    const path = request.url ?? '';
    if (this.faults.has('stub-stream') && path === '/crawl/stream') {
      const event = 'data: Streaming is not implemented here\n\n';
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(event);
      return true;
    }
    if (isSecond && this.faults.has('empty-408') && path === '/crawl') {
      response.writeHead(408).end();
      return true;
    }
    if (isSecond && this.faults.has('error-bodies')) {
      const [status, type, body] = errorBodies[this.errors++ % errorBodies.length] ?? [500, 'text/plain', ''];
      response.writeHead(status, { 'Content-Type': type }).end(body);
      return true;
    }
    if (this.faults.has('refusal-500') && path !== '/crawl') {
      const writeHead = response.writeHead.bind(response);
      response.writeHead = (status: number, ...rest: []) => writeHead(status === 400 ? 500 : status, ...rest);
    }
    return false;
  }

  /** Whether the upgrade has been refused. */
  refuses(socket: Duplex): boolean {
    if (!this.isLimited()) return false;
    const head = `Content-Type: application/json\r\nContent-Length: ${limited.length}\r\nRetry-After: 1`;
    socket.end(`HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n${head}\r\n\r\n${limited}`);
    return true;
  }

  private isLimited(): boolean {
    return this.faults.has('rate-limit') && ++this.requests % 2 === 0;
  }
}

const limited = nested({ type: 'rate_limited', message: 'Too many requests', retryable: false, status: 429 });

function nested(error: object): string {
  return JSON.stringify({ error });
}
