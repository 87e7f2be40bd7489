import { decodeDocument } from '../protocol/decodeServerMessage';
import type { ExtractedDocument } from '../protocol/messages';
import type { SqlValue } from './database';

/** One that came decoded is in parts; one that came as JSON is kept as that, since to take it apart costs most of a write. */
export interface DocumentColumns {
  /** The document without its texts, as JSON; empty where `json` is all. */
  facts: string;
  markdown: Uint8Array | null;
  /** `null` when it equals the Markdown. */
  text: Uint8Array | null;
  html: Uint8Array | null;
  /** The whole document. */
  json: Uint8Array | null;
}

export const documentColumnNames = 'facts, markdown, text, html, json';

export function toDocumentColumns(document: ExtractedDocument): SqlValue[] {
  const { markdown, text, html, ...rest } = document;
  // An absent `html` stays absent and a null one null.
  const facts = JSON.stringify(html === null ? { ...rest, html } : rest);
  return [facts, toBlob(markdown), text === markdown ? null : toBlob(text), toBlob(html ?? null), null];
}

/** @param json of a document that is known to be sound. */
export function toJsonColumns(json: Uint8Array): SqlValue[] {
  return ['', null, null, null, json];
}

export function fromDocumentColumns(columns: DocumentColumns): ExtractedDocument {
  const { facts, markdown, text, html, json } = columns;
  const whole = fromBlob(json);
  if (whole !== null) return decodeDocument(whole, 'document');
  const readMarkdown = fromBlob(markdown);
  return {
    ...(JSON.parse(facts) as Omit<ExtractedDocument, 'markdown' | 'text'>),
    markdown: readMarkdown,
    text: fromBlob(text) ?? readMarkdown ?? '',
    ...(html === null ? {} : { html: fromBlob(html) }),
  };
}

function toBlob(text: string | null): Uint8Array | null {
  return text === null ? null : Buffer.from(text);
}

function fromBlob(blob: Uint8Array | null): string | null {
  return blob === null ? null : Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString();
}
