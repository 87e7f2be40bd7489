import type { SkipRule } from '../protocol/messages';
import type { SqlValue } from './database';
import type { SettledOutcome } from './outcomeOf';
import type { PageOutcome, PageOutcomeKind, PageRecord } from './records';

/** Where a page is in the database. */
export interface PageIdentity {
  /** Of its crawl. */
  key: number;
  index: number;
}

/** The columns of `pages` that make a record; which are null depends on `outcome`. */
export interface PageColumns {
  page_index: number;
  url: string;
  host: string;
  depth: number;
  found_on: string | null;
  outcome: PageOutcomeKind;
  status: number;
  title: string | null;
  processing_ms: number;
  size_bytes: number;
  quality: number | null;
  is_truncated: number;
  finished_at_ms: number;
  /** Of a skipped page, the rule. */
  error_type: string | null;
  reason: string;
  is_retryable: number;
}

export const pageColumnNames = `page_index, url, host, depth, found_on, outcome, status, title, processing_ms, size_bytes, quality,
  is_truncated, finished_at_ms, error_type, reason, is_retryable`;

export function toPageRecord(crawlId: string, columns: PageColumns): PageRecord {
  const { page_index: index, url, host, depth, found_on: foundOn } = columns;
  return { crawlId, index, url, host, depth, foundOn, outcome: toOutcome(columns) };
}

function toOutcome(columns: PageColumns): PageOutcome {
  switch (columns.outcome) {
    case 'outstanding':
      return { kind: 'outstanding' };
    case 'skipped':
      return { kind: 'skipped', rule: columns.error_type as SkipRule | null, reason: columns.reason };
    case 'succeeded':
      return {
        kind: 'succeeded',
        status: columns.status,
        title: columns.title,
        processingMs: columns.processing_ms,
        sizeBytes: columns.size_bytes,
        quality: columns.quality,
        isTruncated: columns.is_truncated === 1,
        finishedAtMs: columns.finished_at_ms,
      };
    case 'failed':
      return {
        kind: 'failed',
        status: columns.status,
        errorType: columns.error_type ?? '',
        message: columns.reason,
        isRetryable: columns.is_retryable === 1,
        processingMs: columns.processing_ms,
        finishedAtMs: columns.finished_at_ms,
      };
  }
}

/** The SET list that makes a page outstanding again; to be filled with its URL as {@link toSearchable} has it. */
export const outstandingAssignments = `outcome = 'outstanding', status = NULL, title = NULL, processing_ms = NULL,
  size_bytes = NULL, quality = NULL, is_truncated = NULL, finished_at_ms = NULL, error_type = NULL, reason = NULL,
  is_retryable = NULL, searchable = ?`;

/** The SET list for an outstanding page that {@link toSettledValues} fills. */
export const settledAssignments = `outcome = ?, status = ?, title = ?, processing_ms = ?, size_bytes = ?, quality = ?,
  is_truncated = ?, finished_at_ms = ?, error_type = ?, reason = ?, is_retryable = ?, searchable = searchable || ?`;

export function toSettledValues(outcome: SettledOutcome): SqlValue[] {
  switch (outcome.kind) {
    case 'succeeded': {
      const { status, title, processingMs, sizeBytes, quality, isTruncated, finishedAtMs } = outcome;
      const listed = [status, title, processingMs, sizeBytes, quality, Number(isTruncated), finishedAtMs];
      return [outcome.kind, ...listed, null, null, null, toSearchable('', title)];
    }
    case 'failed': {
      const { status, errorType, message, isRetryable, processingMs, finishedAtMs } = outcome;
      const listed = [status, null, processingMs, null, null, null, finishedAtMs];
      const failure = [errorType, message, Number(isRetryable)];
      return [outcome.kind, ...listed, ...failure, toSearchable('', errorType, message)];
    }
    case 'skipped': {
      const { rule, reason } = outcome;
      return [outcome.kind, ...Array<null>(7).fill(null), rule, reason, null, toSearchable('', rule, reason)];
    }
  }
}

/** What the text filter looks at, one part a line; in lower case, since SQLite's own LIKE folds ASCII alone. */
export function toSearchable(...parts: (string | null)[]): string {
  return parts
    .filter((part) => part !== null)
    .join('\n')
    .toLowerCase();
}
