import {
  decodeCrawlAnswer,
  decodeStreamEvent,
  decodeStreamLine,
  type StreamItem,
} from '../protocol/decodeHttpAnswer';
import { maxUrlsPerCrawl } from '../protocol/limits';
import type { CrawlTransport } from './crawlConnection';
import { EventSplitter } from './eventSplitter';
import { LineSplitter } from './lineSplitter';

/** Reads the body of one answer; both methods throw what `onText` and `onSize` throw. */
export interface AnswerReader {
  push(chunk: Buffer): void;
  /** The body has come whole. */
  end(): void;
}

export interface AnswerListener {
  /** One message, still to be decoded. */
  onText: (decode: () => readonly StreamItem[]) => void;
  /** How long a message has become so far, in bytes. */
  onSize: (bytes: number) => void;
}

/** How one HTTP transport asks and answers (protocol 3). */
export interface AnswerFormat {
  readonly transport: Exclude<CrawlTransport, 'websocket'>;
  readonly path: string;
  readonly contentType: string;
  readonly maxUrls: number;
  readonly isStream: boolean;
  read(listener: AnswerListener): AnswerReader;
}

export const answerFormats: Readonly<Record<AnswerFormat['transport'], AnswerFormat>> = {
  ndjson: {
    transport: 'ndjson',
    path: '/crawl/stream',
    contentType: 'application/x-ndjson',
    maxUrls: maxUrlsPerCrawl,
    isStream: true,
    read: ({ onText, onSize }) =>
      new LineSplitter((line) => {
        if (line.trim() !== '') onText(() => [decodeStreamLine(line)]);
      }, onSize),
  },
  sse: {
    transport: 'sse',
    path: '/crawl/sse',
    contentType: 'text/event-stream',
    maxUrls: maxUrlsPerCrawl,
    isStream: true,
    read: ({ onText, onSize }) => {
      const events = new EventSplitter((name, data) => onText(() => [decodeStreamEvent(name, data)]), onSize);
      const lines = new LineSplitter((line) => events.push(line), onSize);
      return { push: (chunk) => lines.push(chunk), end: () => lines.end() };
    },
  },
  http: {
    transport: 'http',
    path: '/crawl',
    contentType: 'application/json',
    // The server gives the whole answer 30 s, and then says nothing of what it has (protocol 3.3).
    maxUrls: 10,
    isStream: false,
    read: ({ onText, onSize }) => {
      const chunks: Buffer[] = [];
      let size = 0;
      return {
        push: (chunk) => {
          onSize((size += chunk.length));
          chunks.push(chunk);
        },
        end: () => onText(() => decodeCrawlAnswer(Buffer.concat(chunks).toString())),
      };
    },
  },
};
