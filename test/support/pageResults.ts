import type { CrawlResult, ExtractedDocument, PageResult } from '../../src/protocol/messages';

/** A page that was read well; `changes` replaces parts of its document. */
export function documentOf(url: string, changes: Partial<ExtractedDocument> = {}): ExtractedDocument {
  return {
    url,
    title: `Title of ${url}`,
    text: `Text of ${url}`,
    markdown: `# Markdown of ${url}`,
    byline: null,
    published_iso: null,
    language: 'en',
    site_name: null,
    description: null,
    links: [`${url}#top`],
    media: [],
    categories: [],
    quality_score: 80,
    reading_time: 1,
    word_count: 3,
    ...changes,
  };
}

export function pageResult(index: number, url: string, changes: Partial<CrawlResult> = {}): PageResult {
  return {
    index,
    result: {
      url,
      status: 200,
      from_cache: false,
      gate_decision: 'raw',
      quality_score: 0.8,
      processing_time_ms: 12,
      document: documentOf(url),
      error: null,
      cache_key: '',
      ...changes,
    },
    progress: { completed: index + 1, total: index + 1, success_rate: 1 },
  };
}

export function failedResult(index: number, url: string, message = 'connection refused'): PageResult {
  return pageResult(index, url, {
    status: 0,
    quality_score: null,
    document: null,
    error: { error_type: 'refused', message, retryable: true },
  });
}
