import { CrawlFailure } from '../crawlFailure';

export function cancelled(): CrawlFailure {
  return new CrawlFailure('cancelled', 'Cancelled before the page was there.');
}
