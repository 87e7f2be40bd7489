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
  /** These four are sent by the built-in engine alone, and only where there is something in them. */
  headings?: Heading[];
  link_details?: LinkDetail[];
  structured_data?: StructuredData;
  /** Only when the crawl asked for them. */
  chunks?: DocumentChunk[];
}

/** A heading of the content, in the order they stand. */
export interface Heading {
  /** 1 to 6. */
  level: number;
  text: string;
  /** What a link's fragment reaches it by. */
  id: string | null;
}

export interface LinkDetail {
  /** As in `links`. */
  url: string;
  text: string;
  /** Words of the `rel` attribute, lower case. */
  rel: string[];
}

/** What a page says of itself for programs, cut to a bounded size. */
export interface StructuredData {
  json_ld: Record<string, unknown>[];
  /** By property, such as `og:title`; the first value of each. */
  open_graph: Record<string, string>;
  microdata: MicrodataItem[];
}

export interface MicrodataItem {
  type: string | null;
  properties: Record<string, string[]>;
}

export interface DocumentChunk {
  text: string;
  /** Where it stands in `text`, or in `markdown` when chunks are `html-aware`, in UTF-16 units; `end` is exclusive. */
  start: number;
  end: number;
  /** Estimated: a word costs one for each four characters, a character of a script without spaces one. */
  token_count: number;
  /** The headings that it stands under, outermost first; only of `html-aware` chunks. */
  headings: string[];
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
  /** The page's own validators, for a later conditional request; sent by the built-in engine alone. */
  validators?: Validators;
}

/** What an HTTP server calls one state of a page by; at least one of the two is there. */
export interface Validators {
  etag?: string;
  last_modified?: string;
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

/** Every message may carry a `request_id`, and crawls with different ones run at once on one connection. */
export const requestIdsExtension = 'request-ids';

/** `cancel`, `pause` and `unpause`, by request id. */
export const crawlControlExtension = 'crawl-control';

/** Results are numbered, held until they are acknowledged, and sent only as far as the client's credit goes. */
export const creditExtension = 'credit';

/** `resume_from` on a later connection goes on with a crawl that an earlier one had begun with credit. */
export const resumeFromExtension = 'resume-from';

/** A crawl may ask for its results as MessagePack in binary frames. */
export const messagePackExtension = 'messagepack';

/** `CrawlRequest.site`, and `found` messages in answer. */
export const siteCrawlsExtension = 'site-crawls';

/** `CrawlRequest.validators`, and 304 in answer. */
export const conditionalRequestsExtension = 'conditional-requests';

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

/** A URL that a site crawl has come upon; it has its place in the crawl from now on. */
export interface FoundPage {
  /** The next free one: seeds come first, in the order asked. */
  index: number;
  url: string;
  /** Links away from a seed. */
  depth: number;
  /** The page, or the sitemap, that names it. */
  found_on: string;
  /** Set when it is not crawled: no result will come for it. */
  skipped: { rule: SkipRule; message: string } | null;
  /** What the server wants to be told of the page when the crawl is taken up again; of several, the last one counts. */
  memo?: string;
}

/** Which rule of a site crawl leaves a URL out. */
export const skipRules = [
  'depth',
  'page-limit',
  'time-limit',
  'scope',
  'include',
  'exclude',
  'robots',
  'nofollow',
  'duplicate-content',
  'canonical',
  'trap',
  'not-a-page',
  'private-address',
  'dry-run',
] as const;

export type SkipRule = (typeof skipRules)[number];

export interface Found {
  pages: FoundPage[];
}

export const pauseReasons = ['requested', 'failing'] as const;

/** A crawl holds: its client asked for it, or half of its pages fail and somebody should decide. */
export interface Paused {
  reason: (typeof pauseReasons)[number];
  message: string;
}

export interface ServerError {
  /**
   * `validation_error`, `unknown_request` or `feature_disabled` in 1.0; terminal for the crawl it answers. The built-in
   * engine has `internal_error`, `too_many_crawls` and `unknown_crawl` besides.
   */
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
  found: Found;
  paused: Paused;
}

export type ServerMessageType = keyof ServerMessageData;

/** What the extensions add to a message of the server, beside its data. */
export interface RequestMark {
  /** Of the request that it answers, where that had one. */
  request_id?: string;
  /** Of a crawl with credit: counts its results and `found` messages from 1, in the order sent. */
  sequence?: number;
}

/** A message from the server: `{ message_type, data, timestamp }`, `timestamp` in RFC 3339. */
export type ServerMessage = {
  [Type in ServerMessageType]: RequestMark & {
    message_type: Type;
    data: ServerMessageData[Type];
    timestamp: string;
  };
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

export const chunkingModes = ['topic', 'sliding', 'fixed', 'sentence', 'html-aware'] as const;

export type ChunkingMode = (typeof chunkingModes)[number];

/** Sizes are in tokens, as of {@link DocumentChunk}. */
export interface ChunkingConfig {
  chunking_mode: ChunkingMode;
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
  /** No page may be at a private address, not even a URL of the request: nobody has typed those. Not in 1.0. */
  public_only?: boolean;
}

export const siteScopes = ['page', 'path', 'host', 'domain', 'list'] as const;
export const siteStrategies = ['breadth-first', 'best-first'] as const;

export type SiteScope = (typeof siteScopes)[number];
export type SiteStrategy = (typeof siteStrategies)[number];

/** How far a crawl goes that follows links from its seeds. */
export interface SiteOptions {
  /** Links away from a seed; 0 crawls the seeds alone. */
  max_depth: number;
  /** Pages fetched, seeds included. */
  max_pages: number;
  max_duration_ms: number;
  /** How far from the seeds: the page itself, below its folder, its host, its registrable domain, or `allowed_hosts`. */
  scope: SiteScope;
  allowed_hosts: string[];
  /** Globs on the whole URL, or regular expressions after `re:`; a URL has to match one of them, if there are any. */
  include: string[];
  exclude: string[];
  use_sitemaps: boolean;
  strategy: SiteStrategy;
  /** Finds and judges URLs by the seeds and the sitemaps, and crawls nothing else. */
  is_dry_run: boolean;
  /** As of {@link CrawlOptions}, for seeds too. */
  public_only?: boolean;
}

/** A crawl that follows links from the `urls` of its request, which are its seeds. */
export interface SiteRequest extends SiteOptions {
  /** Set when a site crawl is taken up again. */
  resumed: ResumedSite | null;
}

export interface ResumedSite {
  /**
   * Every URL that the crawl came upon, one a line as of `toResumedLine`, compressed as raw DEFLATE and in base64. Those
   * that are outstanding are the pages of this request, and are numbered from 0 in their order.
   */
  pages: string;
  /** How many of them are outstanding. */
  outstanding: number;
  /** Pages fetched so far, for `max_pages`. */
  pages_fetched: number;
  /** Time spent so far, for `max_duration_ms`. */
  elapsed_ms: number;
}

export const resultEncodings = ['json', 'messagepack'] as const;

export type ResultEncoding = (typeof resultEncodings)[number];

export interface CrawlRequest {
  urls: string[];
  options?: CrawlOptions | null;
  /** Results that may be sent before the first `credit` message; without it there is no limit and nothing is held. */
  credit?: number;
  /** Of the result messages. Default `json`. */
  encoding?: ResultEncoding;
  site?: SiteRequest;
  /** What is known of each of `urls`, for a conditional request. */
  validators?: (Validators | null)[];
}

/** Acknowledges messages up to the number `received`, and allows `credit` more beyond it. */
export interface CreditGrant {
  received: number;
  credit: number;
}

/** Which request of this connection is meant; for `resume_from`, of an earlier one. */
interface RequestReference {
  request_id: string;
}

/** A message to the server; `data` must be there even where its value is ignored. */
export type ClientMessage =
  | { request_type: 'crawl'; data: CrawlRequest; request_id?: string }
  | { request_type: 'ping'; data: unknown; request_id?: string }
  | { request_type: 'status'; data: unknown; request_id?: string }
  /** Answered by the crawl's summary; pages under way are given up. */
  | { request_type: 'cancel'; data: RequestReference }
  /** Answered by `paused`; pages under way are finished. */
  | { request_type: 'pause'; data: RequestReference }
  | { request_type: 'unpause'; data: RequestReference }
  | { request_type: 'credit'; data: RequestReference & CreditGrant }
  /** Answered by `metadata`, every message of the crawl after `received`, and then as it goes on; else `unknown_crawl`. */
  | { request_type: 'resume_from'; data: RequestReference & CreditGrant };
