import type { ServerMessageOf, SkipRule } from '../protocol/messages';
import type { CrawlEvent, CrawlInProgress } from './crawlEvent';
import type { Settlement } from './ledger';

/**
 * Pages that the crawl has come upon, with their indexes in the whole crawl: part of it from now on. Those with
 * `skipped` are settled by that, also when an earlier event has named them; no other event will. A page may be named again
 * for the sake of its `memo`.
 */
export type FoundEvent = ServerMessageOf<'found'>;

/** For each index exactly one `result` (or, where asked for, `raw-result`), `undeliverable` or `found` with `skipped`; else as of a crawl of a list. */
export type SiteCrawlEvent = CrawlEvent | FoundEvent;

export type SiteCrawl = CrawlInProgress<SiteCrawlEvent>;

/** How far a site crawl had come, for another one to go on from there. */
export interface SiteCheckpoint {
  /** All that the crawl has come upon, by index; the seeds are the first. */
  pages: readonly CheckpointPage[];
  /** Pages that were fetched, and skipped after that. */
  fetchedInVain: number;
  /** Spent so far. */
  elapsedMs: number;
}

export interface CheckpointPage {
  url: string;
  /** Links away from a seed. */
  depth: number;
  /** `null` while it is outstanding. */
  settlement: Settlement | null;
  /** As the server told it last, for it to be given back. */
  memo: string | null;
}

/** Whether a page must have been fetched for this rule to skip it, so that it counts against the page limit. */
export function isFetchedInVain(rule: SkipRule): boolean {
  return rule === 'duplicate-content' || rule === 'canonical';
}
