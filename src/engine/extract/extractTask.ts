import type { CrawlOptions, ExtractedDocument, ResultEncoding } from '../../protocol/messages';
import type { FailureReason } from '../crawlFailure';
import type { EncodedDocument } from '../encodedDocument';
import type { PageDirections } from './pageDirections';

/** A fetched page on its way to a worker thread. */
export interface ExtractTask {
  /** Where the page was read from; base of its relative links. */
  url: string;
  mediaType: string;
  charset: string | null;
  body: Uint8Array;
  /** Of the crawl that the page belongs to. */
  options: CrawlOptions;
  /** Of the document. */
  encoding: ResultEncoding;
  /**
   * How long a browser took to make the page, so that too little text is no sign of scripts that did not run; `null` when
   * it is as it was fetched.
   */
  renderMs: number | null;
  /** Whether somebody will follow the page's links. */
  wantsDirections: boolean;
}

/** What was read out of a page. */
export interface ExtractedPage {
  document: ExtractedDocument;
  /** `null` unless the task asked for them, and for what is no HTML. */
  directions: PageDirections | null;
}

/** The same, ready to be sent. */
export interface ReadPage {
  document: EncodedDocument;
  directions: PageDirections | null;
}

export type ExtractReply =
  { kind: 'read'; page: ReadPage } | { kind: 'failed'; reason: FailureReason; message: string };
