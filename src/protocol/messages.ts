/**
 * Every message of RipTide's crawl protocol 1.0, in the wire's own spelling.
 * Keys are always present; an absent value is `null`, never omitted, unless marked optional.
 */

/** How far a crawl has come; `success_rate` is 0 to 1 over the completed URLs. */
export interface Progress {
  completed: number;
  total: number;
  success_rate: number;
}

export interface ErrorInfo {
  /** A 1.0 server sends `processing_error` whatever happened; the built-in engine sends the real cause. */
  error_type: string;
  message: string;
  /** Always `true` from a 1.0 server, so it means nothing there. */
  retryable: boolean;
}

export interface ParserMetadata {
  parser_used: string;
  /** 0 to 1. */
  confidence_score: number;
  fallback_occurred: boolean;
  parse_time_ms: number;
  extraction_path: string | null;
  primary_error: string | null;
}

/** What was read out of one page. */
export interface ExtractedDocument {
  /** Where the page was read from, after redirects. */
  url: string;
  title: string | null;
  /** Empty when extraction is skipped. */
  text: string;
  markdown: string | null;
  byline: string | null;
  published_iso: string | null;
  language: string | null;
  site_name: string | null;
  description: string | null;
  /** Absolute URLs. */
  links: string[];
  media: string[];
  categories: string[];
  /** 0 to 100. */
  quality_score: number | null;
  /** Minutes. */
  reading_time: number | null;
  word_count: number | null;
  /** The raw page, only when extraction was skipped. */
  html?: string | null;
  parser_metadata?: ParserMetadata | null;
}

/** One URL's outcome: exactly one of `document` and `error` is set, except for a server's placeholder results. */
export interface CrawlResult {
  /** As requested: neither normalised nor the redirect target. */
  url: string;
  /** HTTP status; 0 when there was none. A 1.0 server sends 0 for every failure. */
  status: number;
  from_cache: boolean;
  gate_decision: string;
  /** 0 to 1; `null` when the server's figure was not finite. */
  quality_score: number | null;
  processing_time_ms: number;
  document: ExtractedDocument | null;
  error: ErrorInfo | null;
  cache_key: string;
  /** Sent by the built-in engine alone, when the page was cut at the size limit. */
  truncated?: boolean;
}

export interface Welcome {
  session_id: string;
  server_time: string;
  protocol_version: string;
  supported_operations: string[];
  /** Abilities beyond 1.0, announced by the built-in engine alone. */
  extensions?: string[];
}

/** Requests are read while a crawl runs, and `status` does not wedge the connection. */
export const concurrentRequestsExtension = 'concurrent-requests';

export interface Metadata {
  total_urls: number;
  session_id: string;
  timestamp: string;
  stream_type: string;
}

export interface PageResult {
  /** Zero-based position of the URL in the request: the only key of a result, since URLs may repeat. */
  index: number;
  result: CrawlResult;
  progress: Progress;
}

export interface Summary {
  total_urls: number;
  successful: number;
  failed: number;
  total_processing_time_ms: number;
}

export interface Pong {
  timestamp: string;
  session_id: string;
}

/** Figures of the connection that asked, and of no other. */
export interface Status {
  session_id: string;
  connected_duration_ms: number;
  is_healthy: boolean;
  message_count: number;
  /** Sends that took over 6 s. */
  backpressure_count: number;
}

export interface ServerError {
  /** `validation_error`, `unknown_request` or `feature_disabled` in 1.0; terminal for the crawl it answers. */
  error_type: string;
  message: string;
}

/** What each server message carries, by its tag. */
export interface ServerMessageData {
  welcome: Welcome;
  metadata: Metadata;
  result: PageResult;
  summary: Summary;
  pong: Pong;
  status: Status;
  error: ServerError;
}

export type ServerMessageType = keyof ServerMessageData;

/** A message from the server: `{ message_type, data, timestamp }`, `timestamp` in RFC 3339. */
export type ServerMessage = {
  [Type in ServerMessageType]: { message_type: Type; data: ServerMessageData[Type]; timestamp: string };
}[ServerMessageType];

export type ServerMessageOf<Type extends ServerMessageType> = Extract<ServerMessage, { message_type: Type }>;

export const renderModes = ['Static', 'Dynamic', 'Adaptive', 'Pdf', 'Html', 'Markdown'] as const;
export const outputFormats = ['Document', 'NdJson', 'Chunked', 'Text', 'Markdown'] as const;

export type RenderMode = (typeof renderModes)[number];
export type OutputFormat = (typeof outputFormats)[number];

export interface TopicConfig {
  window_size: number;
  smoothing_passes: number;
  topic_chunking: boolean;
}

export interface ChunkingConfig {
  /** `topic`, `sliding`, `fixed`, `sentence` or `html-aware`. */
  chunking_mode: string;
  chunk_size: number;
  overlap_size: number;
  min_chunk_size: number;
  preserve_sentences?: boolean;
  topic_config?: TopicConfig | null;
}

/** What a crawl may ask for; every field has a default on the server. Enum spellings are case-sensitive. */
export interface CrawlOptions {
  concurrency?: number;
  /** Only `bypass` turns the cache off. */
  cache_mode?: string;
  dynamic_wait_for?: string | null;
  scroll_steps?: number;
  token_chunk_max?: number;
  token_overlap?: number;
  render_mode?: RenderMode;
  output_format?: OutputFormat;
  use_spider?: boolean | null;
  spider_max_depth?: number | null;
  spider_strategy?: string | null;
  chunking_config?: ChunkingConfig | null;
  skip_extraction?: boolean | null;
}

export interface CrawlRequest {
  urls: string[];
  options?: CrawlOptions | null;
}

/** A message to the server; `data` must be there even where its value is ignored. */
export type ClientMessage =
  | { request_type: 'crawl'; data: CrawlRequest }
  | { request_type: 'ping'; data: unknown }
  | { request_type: 'status'; data: unknown };

export type RequestType = ClientMessage['request_type'];
