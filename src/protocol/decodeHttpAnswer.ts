import { readCrawlResult, readSummary } from './decodeServerMessage';
import { Fields } from './fields';
import type { CrawlResult, ServerError, ServerMessageOf } from './messages';
import { parseJson, parseValue } from './parseJson';
import { ProtocolError } from './protocolError';

/** What the HTTP answers tell, in the words of the WebSocket where it has them. */
export type StreamItem =
  | ServerMessageOf<'metadata' | 'summary' | 'error'>
  | { message_type: 'page'; index: number; result: CrawlResult }
  /** Progress, which can be counted from the results. */
  | { message_type: 'aside' };

/**
 * One line of `POST /crawl/stream`, which has no tag: its keys tell what it is (protocol 3.1).
 *
 * @throws {ProtocolError} `unknown-type` for a line of a later protocol (report and skip it), else as
 *   `decodeServerMessage`.
 */
export function decodeStreamLine(text: string): StreamItem {
  const line = parseJson(text);
  if (!line.isAbsent('result')) return readPage(line);
  if (!line.isAbsent('stream_type')) return readStreamMetadata(line);
  if (!line.isAbsent('operation_id')) return { message_type: 'aside' };
  if (!line.isAbsent('successful')) return readStreamSummary(line);
  if (!line.isAbsent('error')) return readStreamError(line);
  throw new ProtocolError('unknown-type', '', 'a line without a key that tells what it is');
}

/** One event of `POST /crawl/sse` (protocol 3.2). @throws {ProtocolError} as {@link decodeStreamLine}. */
export function decodeStreamEvent(name: string, text: string): StreamItem {
  switch (name) {
    case 'metadata':
      return readStreamMetadata(parseJson(text));
    case 'result':
      return readPage(parseJson(text));
    case 'progress':
    case 'status':
      return { message_type: 'aside' };
    case 'complete':
      return readStreamSummary(parseJson(text));
    case 'error':
      return readStreamError(parseJson(text));
    default:
      throw new ProtocolError('unknown-type', 'event', `unknown event "${name.slice(0, 80)}"`);
  }
}

/** The whole answer of `POST /crawl`, whose results have the order of the request (protocol 3.3). @throws {ProtocolError} */
export function decodeCrawlAnswer(text: string): StreamItem[] {
  const answer = parseJson(text);
  const pages = answer
    .objects('results')
    .map((result, index): StreamItem => ({ message_type: 'page', index, result: readCrawlResult(result) }));
  const data = {
    total_urls: answer.count('total_urls'),
    successful: answer.count('successful'),
    failed: answer.count('failed'),
    total_processing_time_ms: answer.object('statistics').count('total_processing_time_ms'),
  };
  return [...pages, { message_type: 'summary', data, timestamp: '' }];
}

/** What one of RipTide's seven error bodies says (protocol 5.5); never throws, `type` is empty where none is given. */
export function decodeErrorBody(text: string): ServerError {
  try {
    const body = new Fields(parseValue(text.trim()), '');
    if (body.isText('error')) {
      return {
        error_type: '',
        message: body.isText('message') ? body.string('message') : body.string('error'),
      };
    }
    return readStreamError(body).data;
  } catch {
    return { error_type: '', message: text.trim() };
  }
}

/** The server's own time out of `GET /healthz`; empty where it tells none. */
export function decodeHealthTime(text: string): string {
  try {
    return parseJson(text).string('timestamp');
  } catch {
    return '';
  }
}

function readPage(page: Fields): StreamItem {
  return { message_type: 'page', index: page.count('index'), result: readCrawlResult(page.object('result')) };
}

function readStreamMetadata(line: Fields): ServerMessageOf<'metadata'> {
  const timestamp = line.string('timestamp');
  return {
    message_type: 'metadata',
    data: {
      total_urls: line.count('total_urls'),
      session_id: line.string('request_id'),
      timestamp,
      stream_type: line.string('stream_type'),
    },
    timestamp,
  };
}

function readStreamSummary(line: Fields): ServerMessageOf<'summary'> {
  return { message_type: 'summary', data: readSummary(line), timestamp: '' };
}

function readStreamError(line: Fields): ServerMessageOf<'error'> {
  const error = line.object('error');
  return {
    message_type: 'error',
    data: { error_type: error.string('type'), message: error.string('message') },
    timestamp: '',
  };
}
