import type { CrawlResult, Found, Paused } from '../protocol/messages';
import type { EncodedDocument } from './encodedDocument';

/** A page's outcome, whose document need only be put in. */
export type EncodedResult = Omit<CrawlResult, 'document'> & { document: EncodedDocument | null };

export interface CrawledPage {
  /** Position of the URL in the crawl. */
  index: number;
  result: EncodedResult;
}

/** What happens in a crawl, in the order in which it is to be told. */
export type CrawlEvent =
  | ({ kind: 'page' } & CrawledPage)
  /** URLs that a site crawl has come upon. */
  | ({ kind: 'found' } & Found)
  /** It begins no new page, by its own decision, until its lane is unpaused. */
  | ({ kind: 'paused' } & Paused);
