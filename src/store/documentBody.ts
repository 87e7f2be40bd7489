import type { ExtractedDocument } from '../protocol/messages';

/** What there is to read of a page: its Markdown, else its text, else the raw page. */
export function documentBody(document: ExtractedDocument): string {
  return [document.markdown, document.text, document.html].find((body) => Boolean(body)) ?? '';
}
