import type { StoredPage } from '../store/records';
import { documentFacts, outcomeFacts } from './pageFacts';

/** Excel reads UTF-8 as such only behind this mark. */
const byteOrderMark = '\ufeff';

const columns: readonly string[] = [
  ...['index', 'url', 'host', 'outcome', 'status', 'error_type', 'reason', 'retryable'],
  ...['title', 'final_url', 'byline', 'published', 'language', 'site_name', 'description'],
  ...['word_count', 'reading_minutes', 'quality', 'size_bytes', 'truncated', 'processing_ms', 'finished_at'],
  ...['depth', 'found_on', 'skip_rule'],
];

/** A table by RFC 4180 for spreadsheets, without the pages' texts. */
export async function* csvText(pages: AsyncIterable<StoredPage>): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns);
  for await (const page of pages) {
    const facts = { ...documentFacts(page), ...outcomeFacts(page) };
    yield csvLine(columns.map((column) => facts[column] ?? null));
  }
}

function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = withoutFormula(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet would run what a page puts behind one of these; the wide forms count in some editions. */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
