import type { Validators } from '../protocol/messages';
import type { CrawlEvent } from './crawlEvent';
import type { SiteCheckpoint, SiteCrawlEvent } from './siteCrawlEvent';

/** What the owner of any crawl may want of it. */
export interface EventHooks<Event> {
  /** Aborting ends the crawl with a ClientError `cancelled`. */
  signal?: AbortSignal | undefined;
  /** Called as it happens, before the iteration gets the event; must not block. What it throws is only logged. */
  onEvent?: ((event: Event) => void) | undefined;
  /** Pages that were read well come as `raw-result`, for a caller that decodes them elsewhere. Default false. */
  takesRawResults?: boolean | undefined;
}

export interface CrawlHooks extends EventHooks<CrawlEvent> {
  /**
   * Of the copies of `urls` at hand, by their place; sent where the server announces `conditional-requests`. A page as
   * it was then comes with status 304 and without a document.
   */
  validators?: ReadonlyMap<number, Validators> | undefined;
}

export interface SiteCrawlHooks extends EventHooks<SiteCrawlEvent> {
  /** Where an earlier crawl of the same seeds had come to. */
  checkpoint?: SiteCheckpoint | undefined;
}
