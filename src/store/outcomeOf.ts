import type { CrawlResult, ExtractedDocument } from '../protocol/messages';
import { documentBody } from './documentBody';
import { unchangedStatus, type PageOutcome } from './records';

export type SettledOutcome = Exclude<PageOutcome, { kind: 'outstanding' }>;

/** What is kept beside the document of a page that was read well. */
export interface GoodResult extends Pick<
  CrawlResult,
  'status' | 'processing_time_ms' | 'quality_score' | 'truncated'
> {
  document: DocumentFacts | null;
}

export interface DocumentFacts extends Pick<ExtractedDocument, 'title' | 'quality_score'> {
  /** Of what there is to read, in UTF-8. */
  bodyBytes: number;
}

/** Lists show these texts, and a hostile page may make them as long as a message; a document keeps its full title. */
const maxTitleLength = 500;
const maxReasonLength = 2000;

/** Nothing was sent, since the page is as the store has it. */
export function isUnchanged({ status, document, error }: CrawlResult): boolean {
  return status === unchangedStatus && document === null && error === null;
}

/** How one URL ended: a success carries no error and has a document or a 2xx status. */
export function outcomeOf(result: CrawlResult, finishedAtMs: number): SettledOutcome {
  const { status, document, error } = result;
  const isOk = status >= 200 && status < 300;
  if (error === null && (document !== null || isOk)) {
    const bodyBytes = document === null ? 0 : Buffer.byteLength(documentBody(document));
    return successOf({ ...result, document: document && { ...document, bodyBytes } }, finishedAtMs);
  }
  return {
    kind: 'failed',
    status,
    errorType: cut(error?.error_type ?? (status === 0 ? 'no_content' : 'http_status'), maxTitleLength),
    message: cut(error?.message ?? withoutError(status), maxReasonLength),
    isRetryable: error?.retryable ?? false,
    processingMs: result.processing_time_ms,
    finishedAtMs,
  };
}

export function successOf(result: GoodResult, finishedAtMs: number): SettledOutcome {
  const { status, document, processing_time_ms: processingMs } = result;
  return {
    kind: 'succeeded',
    status,
    title: titleOf(document),
    processingMs,
    sizeBytes: document?.bodyBytes ?? 0,
    quality: qualityOf(result),
    isTruncated: result.truncated ?? false,
    finishedAtMs,
  };
}

function titleOf(document: GoodResult['document']): string | null {
  const title = document?.title ?? null;
  return title === null ? null : cut(title, maxTitleLength);
}

function withoutError(status: number): string {
  return status === 0
    ? 'The server sent neither a document nor an error'
    : `The page answered HTTP status ${status}`;
}

/** 0 to 100, whichever of the two scales the server filled in. */
function qualityOf({ document, quality_score: share }: GoodResult): number | null {
  const quality = document?.quality_score ?? (share === null ? null : share * 100);
  return quality === null ? null : Math.round(Math.min(100, Math.max(0, quality)));
}

/** A NUL would end the column early. */
function cut(text: string, maxLength: number): string {
  const safe = text.replaceAll('\0', '\ufffd');
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1)}…` : safe;
}
