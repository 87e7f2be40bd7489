import { randomUUID } from 'node:crypto';
import { maxUrlsPerCrawl } from '../protocol/limits';
import type { CrawlRequest, ServerMessage, ServerMessageOf } from '../protocol/messages';
import type { ClientError } from './clientError';
import type {
  CrawlConnection,
  CrawlControl,
  CrawlListener,
  CrawlMessage,
  RawResult,
  Resumption,
} from './crawlConnection';
import type { SharedSocket } from './sharedSocket';

/** Messages under way at once; a new grant goes out when half of them have come. */
const creditWindow = 64;

/** Or so much: a server stops at 4 MiB that it has not seen acknowledged. */
const maxUnacknowledgedBytes = 1024 * 1024;

/** One crawl over a shared socket, until its last message. */
interface ChannelCrawl {
  readonly requestId: string;
  /** The number of the last message that came with one. */
  received: number;
  acknowledged: number;
  unacknowledgedBytes: number;
}

/** What a lane has of a socket that it may share with others. */
export class CrawlChannel implements CrawlConnection, CrawlControl {
  readonly transport = 'websocket';
  readonly maxUrls = maxUrlsPerCrawl;
  readonly isStream = true;
  readonly listener: CrawlListener;
  private socket: SharedSocket | undefined;
  /** Those before the last one have all their results, and lack their summaries. */
  private readonly crawls = new Map<string, ChannelCrawl>();
  private current: ChannelCrawl | undefined;
  private isReadingPaused = false;

  constructor(listener: CrawlListener) {
    this.listener = listener;
  }

  get control(): CrawlControl | undefined {
    return this.socket?.isShared === true ? this : undefined;
  }

  get resumption(): Resumption | undefined {
    if (!this.current) return undefined;
    const { requestId, received } = this.current;
    return { requestId, received, isSuspect: false };
  }

  /** A crawl of it is under way. */
  get isBusy(): boolean {
    return this.current !== undefined;
  }

  send(message: CrawlMessage): void {
    if (!this.control) {
      this.socket?.send(message);
      return;
    }
    const requestId = randomUUID();
    this.begin({ requestId, received: 0, acknowledged: 0, unacknowledgedBytes: 0 });
    const isPacked = this.socket?.encoding === 'messagepack' && !this.takesRaw;
    const data: CrawlRequest = {
      ...message.data,
      credit: creditWindow,
      ...(isPacked && { encoding: 'messagepack' }),
    };
    this.socket?.send({ request_type: 'crawl', request_id: requestId, data });
  }

  takeUp({ requestId, received }: Resumption): void {
    this.begin({ requestId, received, acknowledged: received, unacknowledgedBytes: 0 });
    const data = { request_id: requestId, received, credit: creditWindow };
    this.socket?.send({ request_type: 'resume_from', data });
  }

  /** What is answered to it belongs to no crawl, so that nobody reads it. */
  giveUp({ requestId, received }: Resumption): void {
    const reference = { request_id: requestId };
    this.socket?.send({ request_type: 'resume_from', data: { ...reference, received, credit: 0 } });
    this.socket?.send({ request_type: 'cancel', data: reference });
  }

  holdPages(): void {
    this.tell('pause');
  }

  unholdPages(): void {
    this.tell('unpause');
  }

  pause(): void {
    this.isReadingPaused = true;
    if (!this.control) this.socket?.pause();
  }

  resume(): void {
    this.isReadingPaused = false;
    if (!this.control) this.socket?.resume();
    else if (this.current) this.grantWhenDue(this.current);
  }

  close(): void {
    this.leave('close');
  }

  terminate(): void {
    // It has not answered in time, so that it is of no use to the others either.
    if (this.current) this.socket?.breakDown(this);
    else this.leave('terminate');
  }

  fail(error: ClientError): void {
    if (!this.socket) return;
    this.leave('terminate');
    this.listener.onEnd(error);
  }

  /** What the socket tells. */
  join(socket: SharedSocket): void {
    this.socket = socket;
  }

  ready(welcome: ServerMessageOf<'welcome'>): void {
    if (this.socket) this.listener.onReady(welcome);
  }

  hasAsked(requestId: string): boolean {
    return this.crawls.has(requestId);
  }

  receive(message: ServerMessage, byteCount: number): void {
    const crawl = this.crawls.get(message.request_id ?? '');
    if (crawl) {
      this.count(crawl, message.sequence, byteCount);
      if (message.message_type === 'summary' || message.message_type === 'error') this.finish(crawl);
      if (crawl !== this.current) return;
      if (!this.crawls.has(crawl.requestId)) this.current = undefined;
    }
    this.listener.onMessage(message, byteCount);
  }

  get takesRaw(): boolean {
    return this.listener.onRawResult !== undefined;
  }

  receiveRaw(raw: RawResult): void {
    const crawl = this.crawls.get(raw.request_id ?? '');
    if (crawl) this.count(crawl, raw.sequence, raw.bytes.length);
    if (crawl === this.current) this.listener.onRawResult?.(raw);
  }

  /** @param isInCompany Whether crawls of others were under way as well. */
  end(error: ClientError, isInCompany: boolean): void {
    if (!this.socket) return;
    const { resumption } = this;
    this.socket = undefined;
    this.listener.onEnd(error, resumption && { ...resumption, isSuspect: !isInCompany });
  }

  private begin(crawl: ChannelCrawl): void {
    this.crawls.set(crawl.requestId, crawl);
    this.current = crawl;
  }

  private count(crawl: ChannelCrawl, sequence: number | undefined, byteCount: number): void {
    if (sequence === undefined) return;
    crawl.received = Math.max(crawl.received, sequence);
    crawl.unacknowledgedBytes += byteCount;
    this.grantWhenDue(crawl);
  }

  private grantWhenDue(crawl: ChannelCrawl): void {
    const isDue =
      crawl.received - crawl.acknowledged >= creditWindow / 2 ||
      crawl.unacknowledgedBytes >= maxUnacknowledgedBytes;
    if (isDue && !this.isReadingPaused) this.grant(crawl, creditWindow);
  }

  private grant(crawl: ChannelCrawl, credit: number): void {
    const { requestId, received } = crawl;
    crawl.acknowledged = received;
    crawl.unacknowledgedBytes = 0;
    this.socket?.send({ request_type: 'credit', data: { request_id: requestId, received, credit } });
  }

  /** The server keeps what it has not seen acknowledged. */
  private finish(crawl: ChannelCrawl): void {
    this.crawls.delete(crawl.requestId);
    if (crawl.received > crawl.acknowledged) this.grant(crawl, 0);
  }

  private tell(type: 'cancel' | 'pause' | 'unpause'): void {
    if (this.current) this.socket?.send({ request_type: type, data: { request_id: this.current.requestId } });
  }

  private leave(manner: 'close' | 'terminate'): void {
    const { socket } = this;
    for (const request_id of this.crawls.keys())
      socket?.send({ request_type: 'cancel', data: { request_id } });
    this.socket = undefined;
    socket?.leave(this, manner);
  }
}
