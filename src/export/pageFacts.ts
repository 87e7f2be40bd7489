import type { PageOutcome, StoredPage } from '../store/records';

type Fact = string | number | boolean | null;

/** How one URL ended, flat and in the order of a table's columns; `null` where there is nothing to say. */
export interface OutcomeFacts extends Record<string, Fact> {
  index: number;
  url: string;
  host: string;
  /** Links away from what was asked for. */
  depth: number;
  /** The page, or the sitemap, that names it; `null` for what was asked for. */
  found_on: string | null;
  outcome: PageOutcome['kind'];
  status: number | null;
  error_type: string | null;
  /** Of a site crawl, which left the URL out. */
  skip_rule: string | null;
  /** Why there is no page. */
  reason: string | null;
  retryable: boolean | null;
  /** 0 to 100. */
  quality: number | null;
  size_bytes: number | null;
  truncated: boolean | null;
  processing_ms: number | null;
  /** ISO 8601 in UTC. */
  finished_at: string | null;
}

export function outcomeFacts({ index, url, host, depth, foundOn, outcome }: StoredPage): OutcomeFacts {
  const facts: OutcomeFacts = {
    index,
    url,
    host,
    depth,
    found_on: foundOn,
    outcome: outcome.kind,
    status: null,
    error_type: null,
    skip_rule: outcome.kind === 'skipped' ? outcome.rule : null,
    reason: reasonOf(outcome),
    retryable: null,
    quality: null,
    size_bytes: null,
    truncated: null,
    processing_ms: null,
    finished_at: null,
  };
  if (outcome.kind === 'outstanding' || outcome.kind === 'skipped') return facts;
  facts.status = outcome.status;
  facts.processing_ms = outcome.processingMs;
  facts.finished_at = new Date(outcome.finishedAtMs).toISOString();
  if (outcome.kind === 'failed') {
    return { ...facts, error_type: outcome.errorType, retryable: outcome.isRetryable };
  }
  return {
    ...facts,
    quality: outcome.quality,
    size_bytes: outcome.sizeBytes,
    truncated: outcome.isTruncated,
  };
}

/** What a document says of itself, under the same names in every table. */
export interface DocumentFacts extends Record<string, Fact> {
  title: string | null;
  /** Where the page was read from, after redirects. */
  final_url: string | null;
  byline: string | null;
  published: string | null;
  language: string | null;
  site_name: string | null;
  description: string | null;
  word_count: number | null;
  reading_minutes: number | null;
}

export function documentFacts({ document }: StoredPage): DocumentFacts {
  return {
    title: document?.title ?? null,
    final_url: document?.url ?? null,
    byline: document?.byline ?? null,
    published: document?.published_iso ?? null,
    language: document?.language ?? null,
    site_name: document?.site_name ?? null,
    description: document?.description ?? null,
    word_count: document?.word_count ?? null,
    reading_minutes: document?.reading_time ?? null,
  };
}

function reasonOf(outcome: PageOutcome): string | null {
  switch (outcome.kind) {
    case 'succeeded':
      return null;
    case 'failed':
      return outcome.message;
    case 'skipped':
      return outcome.reason;
    case 'outstanding':
      return 'No result had arrived when this was exported';
  }
}
