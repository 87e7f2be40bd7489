import type { ExtractedDocument } from '../../protocol/messages';

/** A document with nothing read into it yet. */
export function emptyDocument(url: string): ExtractedDocument {
  return {
    url,
    title: null,
    text: '',
    markdown: null,
    byline: null,
    published_iso: null,
    language: null,
    site_name: null,
    description: null,
    links: [],
    media: [],
    categories: [],
    quality_score: null,
    reading_time: null,
    word_count: null,
    parser_metadata: null,
  };
}

const wordsPerMinute = 225;

/** Minutes it takes to read so many words; at least one when there are any. */
export function readingTime(wordCount: number): number {
  return wordCount === 0 ? 0 : Math.max(1, Math.round(wordCount / wordsPerMinute));
}
