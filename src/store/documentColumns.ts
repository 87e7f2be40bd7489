import type { ExtractedDocument } from '../protocol/messages';
import type { SqlValue } from './database';

export interface DocumentColumns {
  /** The document without its texts, as JSON. */
  facts: string;
  markdown: Uint8Array | null;
  /** `null` when it equals the Markdown. */
  text: Uint8Array | null;
  html: Uint8Array | null;
}

export function toDocumentColumns(document: ExtractedDocument): SqlValue[] {
  const { markdown, text, html, ...rest } = document;
  // An absent `html` stays absent and a null one null.
  const facts = JSON.stringify(html === null ? { ...rest, html } : rest);
  return [facts, toBlob(markdown), text === markdown ? null : toBlob(text), toBlob(html ?? null)];
}

export function fromDocumentColumns({ facts, markdown, text, html }: DocumentColumns): ExtractedDocument {
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
