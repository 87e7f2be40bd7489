import type { ExtractedDocument } from '../../src/protocol/messages';
import type { CrawlRecord, PageOutcome, StoredPage } from '../../src/store/records';
import { documentOf } from './pageResults';

const finishedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

export function succeededPage(
  index: number,
  url: string,
  changes: Partial<ExtractedDocument> = {},
): StoredPage {
  const document = documentOf(url, changes);
  const outcome: PageOutcome = {
    ...{
      kind: 'succeeded',
      status: 200,
      title: document.title,
      processingMs: 12,
      sizeBytes: 34,
      quality: 80,
    },
    ...{ isTruncated: false, finishedAtMs },
  };
  return {
    crawlId: 'a',
    index,
    url,
    host: URL.parse(url)?.host ?? '',
    depth: 0,
    foundOn: null,
    outcome,
    document,
  };
}

export function failedPage(index: number, url: string, message: string): StoredPage {
  const outcome: PageOutcome = {
    ...{ kind: 'failed', status: 0, errorType: 'refused', message, isRetryable: true, processingMs: 7 },
    finishedAtMs,
  };
  return {
    crawlId: 'a',
    index,
    url,
    host: URL.parse(url)?.host ?? '',
    depth: 0,
    foundOn: null,
    outcome,
    document: null,
  };
}

/** As a site crawl has it: found on the site's first page, and left out. */
export function skippedPage(index: number, url: string, reason: string): StoredPage {
  const outcome: PageOutcome = { kind: 'skipped', rule: 'robots', reason };
  const host = URL.parse(url)?.host ?? '';
  return { crawlId: 'a', index, url, host, depth: 1, foundOn: 'https://one.test/', outcome, document: null };
}

export function outstandingPage(index: number, url: string): StoredPage {
  const outcome: PageOutcome = { kind: 'outstanding' };
  return {
    crawlId: 'a',
    index,
    url,
    host: URL.parse(url)?.host ?? '',
    depth: 0,
    foundOn: null,
    outcome,
    document: null,
  };
}

export function crawlOf(pages: readonly StoredPage[]): CrawlRecord {
  const count = (kind: PageOutcome['kind']): number =>
    pages.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    id: 'a',
    title: 'A crawl',
    server: 'built-in',
    startedAtMs: finishedAtMs - 1000,
    site: null,
    options: {},
    elapsedBeforeMs: 0,
    state: { kind: 'cancelled', endedAtMs: finishedAtMs },
    counts: {
      asked: pages.length,
      succeeded: count('succeeded'),
      failed: count('failed'),
      skipped: count('skipped'),
      outstanding: count('outstanding'),
    },
  };
}
