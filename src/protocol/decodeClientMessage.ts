import { Fields } from './fields';
import { maxRequestIdLength } from './limits';
import {
  chunkingModes,
  outputFormats,
  renderModes,
  resultEncodings,
  siteScopes,
  siteStrategies,
  type ChunkingConfig,
  type ClientMessage,
  type CrawlOptions,
  type CrawlRequest,
  type CreditGrant,
  type ResumedSite,
  type SiteRequest,
  type TopicConfig,
} from './messages';
import { parseJson, parseValue } from './parseJson';
import { ProtocolError } from './protocolError';
import { readValidators } from './readValidators';

/**
 * Decodes one text message of a client, as strictly as RipTide's own decoder: `data` must be there, and an option
 * of the wrong type or an enum in another spelling is an error. Unknown fields are left out of the result.
 *
 * @throws {ProtocolError} `not-a-message`, `unknown-type` or `bad-field`.
 */
export function decodeClientMessage(text: string): ClientMessage {
  const envelope = parseJson(text);
  const type = envelope.string('request_type');
  if (envelope.isAbsent('data')) {
    throw new ProtocolError('bad-field', 'data', 'data must be there, for every request');
  }
  const mark = envelope.isAbsent('request_id') ? {} : readReference(envelope);
  switch (type) {
    case 'ping':
    case 'status':
      return { request_type: type, ...mark, data: {} };
    case 'crawl':
      return { request_type: type, ...mark, data: readCrawlRequest(envelope.object('data')) };
    case 'cancel':
    case 'pause':
    case 'unpause':
      return { request_type: type, data: readReference(envelope.object('data')) };
    case 'credit':
    case 'resume_from': {
      const data = envelope.object('data');
      return { request_type: type, data: { ...readReference(data), ...readGrant(data) } };
    }
    default:
      throw new ProtocolError('unknown-type', 'request_type', `Unknown request type: ${type.slice(0, 80)}`);
  }
}

/**
 * Decodes the body of RipTide's HTTP endpoints, which is what a `crawl` message has as its `data`, as strictly.
 *
 * @throws {ProtocolError} `not-a-message` when it is not JSON, `bad-field` when it is no crawl request.
 */
export function decodeCrawlRequest(text: string): CrawlRequest {
  return readCrawlRequest(new Fields(parseValue(text), ''));
}

/** So that the refusal of a message that cannot be decoded can tell which request it answers. */
export function requestIdOf(text: string): string | undefined {
  try {
    return readReference(parseJson(text)).request_id;
  } catch {
    return undefined;
  }
}

function readReference(data: Fields): { request_id: string } {
  const request_id = data.string('request_id');
  if (request_id === '' || request_id.length > maxRequestIdLength) {
    const message = `request_id must have 1 to ${maxRequestIdLength} characters, but has ${request_id.length}`;
    throw new ProtocolError('bad-field', 'request_id', message);
  }
  return { request_id };
}

function readGrant(data: Fields): CreditGrant {
  return { received: data.count('received'), credit: data.count('credit') };
}

function readCrawlRequest(data: Fields): CrawlRequest {
  const options = data.nullable('options', 'object');
  return {
    urls: data.strings('urls'),
    options: options && readOptions(options),
    ...(!data.isAbsent('credit') && { credit: data.count('credit') }),
    ...(!data.isAbsent('encoding') && { encoding: data.oneOf('encoding', resultEncodings) }),
    ...(!data.isAbsent('site') && { site: readSite(data.object('site')) }),
    ...(!data.isAbsent('validators') && {
      validators: data.nullableObjects('validators').map((item) => item && readValidators(item)),
    }),
  };
}

function readSite(site: Fields): SiteRequest {
  const resumed = site.nullable('resumed', 'object');
  return {
    max_depth: site.count('max_depth'),
    max_pages: site.count('max_pages'),
    max_duration_ms: site.count('max_duration_ms'),
    scope: site.oneOf('scope', siteScopes),
    allowed_hosts: site.strings('allowed_hosts'),
    include: site.strings('include'),
    exclude: site.strings('exclude'),
    use_sitemaps: site.boolean('use_sitemaps'),
    strategy: site.oneOf('strategy', siteStrategies),
    is_dry_run: site.boolean('is_dry_run'),
    ...(!site.isAbsent('public_only') && { public_only: site.boolean('public_only') }),
    resumed: resumed && readResumed(resumed),
  };
}

function readResumed(resumed: Fields): ResumedSite {
  return {
    pages: resumed.string('pages'),
    outstanding: resumed.count('outstanding'),
    pages_fetched: resumed.count('pages_fetched'),
    elapsed_ms: resumed.count('elapsed_ms'),
  };
}

function readOptions(options: Fields): CrawlOptions {
  const read: CrawlOptions = {};
  if (!options.isAbsent('concurrency')) read.concurrency = options.count('concurrency');
  if (!options.isAbsent('cache_mode')) read.cache_mode = options.string('cache_mode');
  if (!options.isAbsent('scroll_steps')) read.scroll_steps = options.count('scroll_steps');
  if (!options.isAbsent('token_chunk_max')) read.token_chunk_max = options.count('token_chunk_max');
  if (!options.isAbsent('token_overlap')) read.token_overlap = options.count('token_overlap');
  if (!options.isAbsent('render_mode')) read.render_mode = options.oneOf('render_mode', renderModes);
  if (!options.isAbsent('output_format')) read.output_format = options.oneOf('output_format', outputFormats);
  if (!options.isAbsent('public_only')) read.public_only = options.boolean('public_only');
  const chunking = options.nullable('chunking_config', 'object');
  return {
    ...read,
    dynamic_wait_for: options.nullable('dynamic_wait_for', 'string'),
    use_spider: options.nullable('use_spider', 'boolean'),
    spider_max_depth: options.nullable('spider_max_depth', 'count'),
    spider_strategy: options.nullable('spider_strategy', 'string'),
    skip_extraction: options.nullable('skip_extraction', 'boolean'),
    chunking_config: chunking && readChunkingConfig(chunking),
  };
}

function readChunkingConfig(chunking: Fields): ChunkingConfig {
  const topic = chunking.nullable('topic_config', 'object');
  return {
    chunking_mode: chunking.oneOf('chunking_mode', chunkingModes),
    chunk_size: chunking.count('chunk_size'),
    overlap_size: chunking.count('overlap_size'),
    min_chunk_size: chunking.count('min_chunk_size'),
    preserve_sentences: chunking.isAbsent('preserve_sentences') || chunking.boolean('preserve_sentences'),
    topic_config: topic && readTopicConfig(topic),
  };
}

function readTopicConfig(topic: Fields): TopicConfig {
  return {
    window_size: topic.count('window_size'),
    smoothing_passes: topic.count('smoothing_passes'),
    topic_chunking: topic.boolean('topic_chunking'),
  };
}
