import type { IncomingMessage } from 'node:http';
import type { Logger } from '../base/logger';
import type { StreamItem } from '../protocol/decodeHttpAnswer';
import type { CrawlResult, ServerMessage } from '../protocol/messages';
import { ProtocolError } from '../protocol/protocolError';
import type { AnswerFormat, AnswerReader } from './answerReader';
import { ClientError } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { CrawlConnection, CrawlListener, CrawlMessage } from './crawlConnection';
import { HttpChannel, type HttpChannelSettings } from './httpChannel';
import { ShortBody, noEndpoint, refusalOfAnswer } from './httpRefusal';
import { protocolBreach, tooLarge } from './transportFailure';

export interface HttpConnectionSettings extends HttpChannelSettings {
  /** Of the server, without a slash at its end. */
  baseUrl: string;
  logger: Logger;
  /** Counts what arrives. */
  metrics: ClientMetricsCounter;
}

/** Crawls by HTTP requests, one after the other, and tells what they answer as a WebSocket would. */
export class HttpConnection implements CrawlConnection {
  readonly transport;
  readonly maxUrls;
  readonly isStream;
  readonly closed: Promise<void>;
  private readonly settings: HttpConnectionSettings;
  private readonly format: AnswerFormat;
  private readonly listener: CrawlListener;
  private readonly url: string;
  private readonly channel: HttpChannel;
  private answer: Answer | undefined;
  /** Read since the last message that was told. */
  private untoldBytes = 0;
  private isOver = false;

  constructor(settings: HttpConnectionSettings, format: AnswerFormat, listener: CrawlListener) {
    this.settings = settings;
    this.format = format;
    this.listener = listener;
    this.transport = format.transport;
    this.maxUrls = format.maxUrls;
    this.isStream = format.isStream;
    this.url = settings.baseUrl + format.path;
    this.channel = new HttpChannel(this.url, settings);
    this.closed = this.channel.closed;
    queueMicrotask(() => {
      if (!this.isOver) listener.onReady(undefined);
    });
  }

  send({ data }: CrawlMessage): void {
    if (this.isOver) return;
    const answer: Answer = {
      total: data.urls.length,
      completed: 0,
      successful: 0,
      isSummed: false,
      body: { kind: 'awaited' },
    };
    this.answer = answer;
    const { url, format } = this;
    this.channel.call(
      { url, method: 'POST', accept: format.contentType, body: JSON.stringify(data) },
      {
        onHead: (response) => this.attempt(answer, () => this.receiveHead(answer, response)),
        onChunk: (chunk) => this.attempt(answer, () => this.receiveChunk(answer, chunk)),
        onEnd: () => this.attempt(answer, () => this.receiveEnd(answer)),
        onFail: (error) => this.attempt(answer, () => this.fail(error)),
      },
    );
  }

  pause(): void {
    this.channel.pause();
  }

  resume(): void {
    this.channel.resume();
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    this.isOver = true;
    this.channel.close();
  }

  fail(error: ClientError): void {
    if (this.isOver) return;
    this.terminate();
    this.listener.onEnd(error);
  }

  /** What is left of an answer when the next request is out belongs to nobody. */
  private attempt(answer: Answer, work: () => void): void {
    if (this.isOver || this.answer !== answer) return;
    try {
      work();
    } catch (error) {
      this.fail(error instanceof ClientError ? error : protocolBreach(this.url, error));
    }
  }

  private receiveHead(answer: Answer, response: IncomingMessage): void {
    const type = (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (response.statusCode !== 200) {
      answer.body = { kind: 'refusal', response, error: new ShortBody() };
    } else if (type !== this.format.contentType) {
      // RipTide 0.3.0 has a stub there that answers 200 with plain JSON.
      throw noEndpoint(
        this.url,
        `with ${type ? `content of the type ${type.slice(0, 80)}` : 'no content type'}`,
      );
    } else {
      answer.body = { kind: 'crawl', reader: this.format.read(this.reading(answer)) };
    }
    this.listener.onActivity();
  }

  private receiveChunk(answer: Answer, chunk: Buffer): void {
    this.settings.metrics.bytes += chunk.length;
    this.untoldBytes += chunk.length;
    this.listener.onActivity();
    if (answer.body.kind === 'crawl') answer.body.reader.push(chunk);
    else if (answer.body.kind === 'refusal') answer.body.error.push(chunk);
  }

  private receiveEnd(answer: Answer): void {
    const { body } = answer;
    if (body.kind === 'crawl') {
      body.reader.end();
      // All results may have come, and the next request be out.
      if (answer.isSummed || this.answer !== answer || this.isOver) return;
      throw new ClientError('connection-lost', `${this.url} ended its answer before the crawl was through.`);
    } else if (body.kind === 'refusal') {
      const { statusCode = 0, headers } = body.response;
      const said = body.error.decode(/^text\/event-stream/i.test(headers['content-type'] ?? ''));
      const refusal = refusalOfAnswer(this.url, statusCode, headers, said);
      if (refusal.kind === 'failed') throw refusal.error;
      this.deliver({ message_type: 'error', data: refusal.error, timestamp: '' });
    }
  }

  private reading(answer: Answer): Parameters<AnswerFormat['read']>[0] {
    return {
      onText: (decode) => {
        for (const item of this.decoded(decode)) {
          if (this.isOver || this.answer !== answer) return;
          this.take(answer, item);
        }
      },
      onSize: (bytes) => {
        const { maxMessageBytes } = this.settings;
        if (bytes > maxMessageBytes) throw tooLarge(this.url, maxMessageBytes);
      },
    };
  }

  private decoded(decode: () => readonly StreamItem[]): readonly StreamItem[] {
    const startedAtMs = performance.now();
    try {
      const items = decode();
      this.settings.metrics.decode.record(performance.now() - startedAtMs);
      return items;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.reason !== 'unknown-type') throw error;
      this.settings.logger.warn(`${this.url}: skipped a message: ${error.message}.`);
      return [];
    }
  }

  private take(answer: Answer, item: StreamItem): void {
    switch (item.message_type) {
      case 'page':
        this.deliver(pageMessage(answer, item.index, item.result));
        return;
      case 'summary':
        answer.isSummed = true;
        this.deliver(item);
        return;
      case 'error':
        // RipTide of early October 2025 refuses a request by an event of an answer with 200 (protocol 3.2).
        answer.isSummed = true;
        this.deliver(item);
        return;
      case 'metadata':
        this.deliver(item);
        return;
      case 'aside':
    }
  }

  private deliver(message: ServerMessage): void {
    this.settings.metrics.messages += 1;
    const byteCount = this.untoldBytes;
    this.untoldBytes = 0;
    this.listener.onMessage(message, byteCount);
  }
}

/** One request's answer as far as it has come. */
interface Answer {
  readonly total: number;
  completed: number;
  successful: number;
  /** The server has said that nothing more comes. */
  isSummed: boolean;
  body:
    | { kind: 'awaited' }
    | { kind: 'crawl'; reader: AnswerReader }
    | { kind: 'refusal'; response: IncomingMessage; error: ShortBody };
}

/** Counts the progress itself, since only NDJSON tells it with each result. */
function pageMessage(answer: Answer, index: number, result: CrawlResult): ServerMessage {
  answer.completed += 1;
  if (result.error === null) answer.successful += 1;
  const { completed, successful, total } = answer;
  const progress = { completed, total, success_rate: successful / completed };
  return { message_type: 'result', data: { index, result, progress }, timestamp: '' };
}
