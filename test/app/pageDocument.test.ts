import assert from 'node:assert/strict';
import { pageDocument } from '../../src/app/pageDocument';
import type { PageOutcome, StoredPage } from '../../src/store/records';

const document = {
  url: 'https://example.com/final',
  title: 'A *title* with\n<script>',
  text: 'Text',
  markdown: '## Part\n\nBody',
  byline: 'Ann',
  published_iso: '2026-01-02T03:04:05Z',
  language: 'en',
  site_name: null,
  description: null,
  links: [],
  media: [],
  categories: [],
  quality_score: 80,
  reading_time: 1,
  word_count: 1,
};

function page(outcome: PageOutcome, changes: Partial<StoredPage> = {}): StoredPage {
  return {
    crawlId: 'c',
    index: 0,
    url: 'https://example.com/asked',
    host: 'example.com',
    depth: 0,
    foundOn: null,
    outcome,
    document: null,
    ...changes,
  };
}

const succeeded: PageOutcome = {
  kind: 'succeeded',
  status: 200,
  title: 'T',
  processingMs: 1,
  sizeBytes: 1,
  quality: 80,
  isTruncated: true,
  finishedAtMs: 1,
};

describe('pageDocument', () => {
  it('opens with title and source, then the body', () => {
    const text = pageDocument(page(succeeded, { document }));
    assert.match(
      text,
      /^# A \\\*title\\\* with \\<script\\>\n\n<https:\/\/example\.com\/final> · Ann · 2026-01-02/,
    );
    assert.match(text, /cut at the size limit/);
    assert.ok(text.endsWith('## Part\n\nBody\n'));
  });

  it('says in words that a page was not sent again', () => {
    assert.match(pageDocument(page({ ...succeeded, status: 304 }, { document })), / · not modified since/);
    assert.doesNotMatch(pageDocument(page(succeeded, { document })), /modified/);
  });

  it('fences a raw page so that none of it is read as Markdown', () => {
    const raw = { ...document, markdown: null, text: '', html: 'a ```` b' };
    assert.ok(pageDocument(page(succeeded, { document: raw })).includes('`````html\na ```` b\n`````'));
  });

  it('says why a page failed', () => {
    const text = pageDocument(
      page({
        kind: 'failed',
        status: 404,
        errorType: 'http-404',
        message: 'Not there',
        isRetryable: false,
        processingMs: 1,
        finishedAtMs: 1,
      }),
    );
    assert.match(text, /http-404, HTTP status 404\): Not there/);
    assert.doesNotMatch(text, /Trying again/);
  });
});
