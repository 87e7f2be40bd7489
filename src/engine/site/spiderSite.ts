import type { CrawlRequest, SiteRequest } from '../../protocol/messages';

const spiderDefaults = { depth: 3, pages: 1_000, durationMs: 60 * 60_000 };

/** The site crawl that a request asks for, be it by an option of protocol 1.0; `null` for a list of pages. */
export function siteOf({ site, options }: CrawlRequest): SiteRequest | null {
  const isPublicOnly = site?.public_only === true || options?.public_only === true;
  if (site) return { ...site, public_only: isPublicOnly };
  if (options?.use_spider !== true) return null;
  return {
    max_depth: options.spider_max_depth ?? spiderDefaults.depth,
    max_pages: spiderDefaults.pages,
    max_duration_ms: spiderDefaults.durationMs,
    scope: 'host',
    allowed_hosts: [],
    include: [],
    exclude: [],
    use_sitemaps: false,
    strategy: /^best/i.test(options.spider_strategy ?? '') ? 'best-first' : 'breadth-first',
    is_dry_run: false,
    public_only: isPublicOnly,
    resumed: null,
  };
}
