import type { CrawlRecord, PageRecord } from '../store/records';

/** What transports are compared by. */
export interface ComparedPages {
  urls: string[];
  /** Nobody has typed them, so that they may be at no private address. */
  isPublicOnly: boolean;
}

/**
 * The first URLs of a crawl, to be asked for again. Of a site crawl only those at the servers of its seeds: what links
 * have led to elsewhere its user has not typed.
 *
 * @param pages in the order of the crawl, seeds first.
 */
export async function comparedPagesOf(
  { options, site }: CrawlRecord,
  pages: AsyncIterable<PageRecord>,
  maxUrls: number,
): Promise<ComparedPages> {
  const isPublicOnly = options.public_only === true || site?.public_only === true;
  const urls: string[] = [];
  const origins = new Set<string | undefined>();
  for await (const { url, foundOn } of pages) {
    const origin = URL.parse(url)?.origin;
    if (foundOn === null) origins.add(origin);
    else if (!origins.has(origin)) continue;
    urls.push(url);
    if (urls.length === maxUrls) break;
  }
  return { urls, isPublicOnly };
}
