import type { ExtractedDocument } from '../../protocol/messages';

/** A fetched page on its way to a worker thread. */
export interface ExtractTask {
  /** Where the page was read from; base of its relative links. */
  url: string;
  mediaType: string;
  charset: string | null;
  body: Uint8Array;
  /** Hand back the raw page in `html` and read nothing out of it. */
  skipExtraction: boolean;
}

export type ExtractReply =
  { kind: 'extracted'; document: ExtractedDocument } | { kind: 'failed'; message: string };
