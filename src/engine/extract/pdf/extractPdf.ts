import type { ExtractedDocument } from '../../../protocol/messages';
import { CrawlFailure } from '../../crawlFailure';
import { countWords } from '../countWords';
import { emptyDocument, readingTime } from '../emptyDocument';
import { readCharacterMap } from './characterMaps';
import { loadPdfReader } from './loadPdfReader';

/** Whether a body is a PDF, which may begin with a little of something else. */
export function isPdf(body: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(body.subarray(0, 1024)).includes('%PDF-');
}

/**
 * Reads everything out of a PDF.
 *
 * @throws {CrawlFailure} `extraction-failed` when it has no text, is broken or asks for a password.
 */
export async function extractPdf(body: Uint8Array, url: string): Promise<ExtractedDocument> {
  const startedAt = performance.now();
  const pdf = await loadPdfReader().readPdf(body, readCharacterMap).catch(explain);
  const wordCount = countWords(pdf.text);
  if (wordCount === 0) throw failed('The PDF has no text: its pages are pictures.', null);
  const isWhole = pdf.pagesRead === pdf.pageCount;
  return {
    ...emptyDocument(url),
    title: pdf.title,
    text: pdf.text,
    markdown: pdf.markdown,
    byline: pdf.author,
    published_iso: pdf.createdIso,
    language: pdf.language,
    links: pdf.links,
    quality_score: 50,
    reading_time: readingTime(wordCount),
    word_count: wordCount,
    parser_metadata: {
      parser_used: 'pdf',
      confidence_score: 0.75,
      fallback_occurred: false,
      parse_time_ms: Math.round(performance.now() - startedAt),
      extraction_path: 'pdf',
      primary_error: isWhole ? null : `Only ${pdf.pagesRead} of ${pdf.pageCount} pages were read.`,
    },
  };
}

function explain(error: unknown): never {
  const isLocked = error instanceof Error && error.name === 'PasswordException';
  throw failed(
    isLocked
      ? 'The PDF asks for a password.'
      : `The PDF could not be read: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
}

function failed(message: string, cause: unknown): CrawlFailure {
  return new CrawlFailure('extraction-failed', message, { cause });
}
