import { maxUrlsPerCrawl } from '../../protocol/limits';
import type { CrawlRequest } from '../../protocol/messages';
import { checkUrl } from '../fetch/urlRules';
import { siteRefusalOf } from '../site/siteRefusal';

export interface CrawlRefusal {
  /** As `POST /crawl` names it; the streams and the WebSocket say `validation_error` to both (protocol 1.4, 3.1). */
  type: 'validation_error' | 'invalid_url';
  message: string;
}

/** Judges a crawl request as a whole, in RipTide's own words (protocol 1.4); `null` when it may run. */
export function refusalOf(request: CrawlRequest): CrawlRefusal | null {
  const { urls, site } = request;
  if (urls.length === 0) {
    return { type: 'validation_error', message: 'Validation error: At least one URL is required' };
  }
  if (urls.length > maxUrlsPerCrawl) {
    const message = `Validation error: Too many URLs: ${urls.length} (maximum: ${maxUrlsPerCrawl})`;
    return { type: 'validation_error', message };
  }
  for (const [index, url] of urls.entries()) {
    const message = checkUrl(url, index + 1);
    if (message !== null) return { type: 'invalid_url', message };
  }
  const message = site ? siteRefusalOf(site) : null;
  return message === null ? null : { type: 'validation_error', message };
}
