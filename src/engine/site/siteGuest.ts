import type { EncodedResult } from '../crawlEvent';
import type { FailureReason } from '../crawlFailure';
import type { PageDirections } from '../extract/pageDirections';
import type { Reach } from '../fetch/addressRules';
import type { Robots } from '../fetch/robots';

/** A page that was fetched for a site crawl, or not. */
export interface VisitedPage {
  result: EncodedResult;
  /** It was asked for at its server, which robots.txt or an address out of reach may have prevented. */
  hasBegun: boolean;
  /** `null` when there is no page, or none with directions. */
  directions: PageDirections | null;
  failure: FailureReason | null;
}

/** How a site crawl reaches the site. */
export interface SiteGuest {
  /** Never rejects. @param onBegin called when its turn at its server has come, if it comes. */
  visit(url: string, reach: Reach, signal: AbortSignal, onBegin: () => void): Promise<VisitedPage>;
  /** @throws {CrawlFailure} */
  robotsFor(url: URL, reach: Reach, signal: AbortSignal): Promise<Robots>;
  /** Hands the body of a sitemap on as it arrives. @throws {CrawlFailure} */
  download(
    url: URL,
    reach: Reach,
    takeBody: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Begins no new page until somebody says so. */
  pause(): void;
  /** By `performance.now()`, less the time for which it was paused. */
  activeMs(): number;
}
