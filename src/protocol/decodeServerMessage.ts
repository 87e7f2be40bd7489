import { Fields } from './fields';
import {
  pauseReasons,
  skipRules,
  type CrawlResult,
  type ErrorInfo,
  type ExtractedDocument,
  type Found,
  type FoundPage,
  type Metadata,
  type PageResult,
  type ParserMetadata,
  type Paused,
  type Pong,
  type Progress,
  type RequestMark,
  type ServerError,
  type ServerMessage,
  type ServerMessageData,
  type ServerMessageType,
  type Status,
  type Summary,
  type Welcome,
} from './messages';
import { parseJson, parseValue } from './parseJson';
import { ProtocolError } from './protocolError';
import { readDocumentExtras } from './readDocumentExtras';
import { readValidators } from './readValidators';

type Readers = { [Type in ServerMessageType]: (data: Fields) => ServerMessageData[Type] };

const tags = ['message_type', 'type'] as const;

const readers: Readers = {
  welcome: readWelcome,
  metadata: readMetadata,
  result: readPageResult,
  summary: readSummary,
  pong: readPong,
  status: readStatus,
  error: readServerError,
  found: readFound,
  paused: readPaused,
};

/**
 * Decodes one text message of a server. The tag is read as `message_type` or, in the later dialect, as `type`.
 * Unknown fields are left out of the result.
 *
 * @throws {ProtocolError} `not-a-message` for what is no tagged JSON object, `unknown-type` for a tag of a later
 *   protocol (report and skip it), `bad-field` for a missing or wrongly typed field.
 */
export function decodeServerMessage(text: string): ServerMessage {
  return readServerMessage(parseJson(text));
}

/**
 * Reads a message that has come in another encoding than JSON, with the same types in it.
 *
 * @throws {ProtocolError} as {@link decodeServerMessage}.
 */
export function readServerValue(value: unknown): ServerMessage {
  return readServerMessage(new Fields(value, ''));
}

function readServerMessage(envelope: Fields): ServerMessage {
  const tag = tags.find((candidate) => !envelope.isAbsent(candidate));
  if (tag === undefined) {
    throw new ProtocolError('not-a-message', 'message_type', 'a JSON object without a message_type');
  }
  const type = envelope.string(tag);
  if (!isServerMessageType(type)) {
    throw new ProtocolError('unknown-type', tag, `unknown message type "${type.slice(0, 80)}"`);
  }
  const timestamp = envelope.nullable('timestamp', 'string') ?? '';
  const data = readers[type](envelope.object('data'));
  return { message_type: type, ...readMark(envelope), data, timestamp } as ServerMessage;
}

function readMark(envelope: Fields): RequestMark {
  return {
    ...(!envelope.isAbsent('request_id') && { request_id: envelope.string('request_id') }),
    ...(!envelope.isAbsent('sequence') && { sequence: envelope.count('sequence') }),
  };
}

function isServerMessageType(type: string): type is ServerMessageType {
  return Object.hasOwn(readers, type);
}

function readWelcome(data: Fields): Welcome {
  const welcome: Welcome = {
    session_id: data.string('session_id'),
    server_time: data.string('server_time'),
    protocol_version: data.string('protocol_version'),
    supported_operations: data.strings('supported_operations'),
  };
  if (!data.isAbsent('extensions')) welcome.extensions = data.strings('extensions');
  return welcome;
}

function readMetadata(data: Fields): Metadata {
  return {
    total_urls: data.count('total_urls'),
    session_id: data.string('session_id'),
    timestamp: data.string('timestamp'),
    stream_type: data.string('stream_type'),
  };
}

function readPageResult(data: Fields): PageResult {
  return {
    index: data.count('index'),
    result: readCrawlResult(data.object('result')),
    progress: readProgress(data.object('progress')),
  };
}

function readProgress(progress: Fields): Progress {
  return {
    completed: progress.count('completed'),
    total: progress.count('total'),
    success_rate: progress.number('success_rate'),
  };
}

export function readCrawlResult(result: Fields): CrawlResult {
  const document = result.nullable('document', 'object');
  const error = result.nullable('error', 'object');
  const read: CrawlResult = {
    url: result.string('url'),
    status: result.count('status'),
    from_cache: result.boolean('from_cache'),
    gate_decision: result.string('gate_decision'),
    quality_score: result.nullable('quality_score', 'number'),
    processing_time_ms: result.count('processing_time_ms'),
    document: document && readDocument(document),
    error: error && readErrorInfo(error),
    cache_key: result.string('cache_key'),
  };
  if (!result.isAbsent('truncated')) read.truncated = result.boolean('truncated');
  if (!result.isAbsent('validators')) read.validators = readValidators(result.object('validators'));
  return read;
}

/**
 * @param path where the document was found, for the error.
 * @throws {ProtocolError}
 */
export function decodeDocument(json: string, path: string): ExtractedDocument {
  return readDocument(new Fields(parseValue(json), path));
}

function readDocument(document: Fields): ExtractedDocument {
  const read: ExtractedDocument = {
    url: document.string('url'),
    title: document.nullable('title', 'string'),
    text: document.string('text'),
    markdown: document.nullable('markdown', 'string'),
    byline: document.nullable('byline', 'string'),
    published_iso: document.nullable('published_iso', 'string'),
    language: document.nullable('language', 'string'),
    site_name: document.nullable('site_name', 'string'),
    description: document.nullable('description', 'string'),
    links: document.strings('links'),
    media: document.strings('media'),
    categories: document.strings('categories'),
    quality_score: document.nullable('quality_score', 'number'),
    reading_time: document.nullable('reading_time', 'count'),
    word_count: document.nullable('word_count', 'count'),
  };
  // Servers before 2025-10-28 do not send these two at all.
  if (!document.isAbsent('html')) read.html = document.nullable('html', 'string');
  if (!document.isAbsent('parser_metadata')) {
    const metadata = document.nullable('parser_metadata', 'object');
    read.parser_metadata = metadata && readParserMetadata(metadata);
  }
  return { ...read, ...readDocumentExtras(document) };
}

function readParserMetadata(metadata: Fields): ParserMetadata {
  return {
    parser_used: metadata.string('parser_used'),
    confidence_score: metadata.number('confidence_score'),
    fallback_occurred: metadata.boolean('fallback_occurred'),
    parse_time_ms: metadata.count('parse_time_ms'),
    extraction_path: metadata.nullable('extraction_path', 'string'),
    primary_error: metadata.nullable('primary_error', 'string'),
  };
}

function readErrorInfo(error: Fields): ErrorInfo {
  return {
    error_type: error.string('error_type'),
    message: error.string('message'),
    retryable: error.boolean('retryable'),
  };
}

export function readSummary(data: Fields): Summary {
  return {
    total_urls: data.count('total_urls'),
    successful: data.count('successful'),
    failed: data.count('failed'),
    total_processing_time_ms: data.count('total_processing_time_ms'),
  };
}

function readPong(data: Fields): Pong {
  return { timestamp: data.string('timestamp'), session_id: data.string('session_id') };
}

function readStatus(data: Fields): Status {
  return {
    session_id: data.string('session_id'),
    connected_duration_ms: data.count('connected_duration_ms'),
    is_healthy: data.boolean('is_healthy'),
    message_count: data.count('message_count'),
    backpressure_count: data.count('backpressure_count'),
  };
}

function readServerError(data: Fields): ServerError {
  return { error_type: data.string('error_type'), message: data.string('message') };
}

function readFound(data: Fields): Found {
  return { pages: data.objects('pages').map(readFoundPage) };
}

function readFoundPage(page: Fields): FoundPage {
  const skipped = page.nullable('skipped', 'object');
  return {
    index: page.count('index'),
    url: page.string('url'),
    depth: page.count('depth'),
    found_on: page.string('found_on'),
    skipped: skipped && { rule: skipped.oneOf('rule', skipRules), message: skipped.string('message') },
    ...(!page.isAbsent('memo') && { memo: page.string('memo') }),
  };
}

function readPaused(data: Fields): Paused {
  return { reason: data.oneOf('reason', pauseReasons), message: data.string('message') };
}
