import type { SiteRequest } from '../../protocol/messages';
import { isHost } from './siteScope';
import { PatternError, readPattern } from './urlPattern';

const maxPatterns = 200;

/** Says why a site crawl may not run, and what to change. */
export function siteRefusalOf(site: SiteRequest): string | null {
  const patterns = [...site.include, ...site.exclude];
  if (patterns.length > maxPatterns)
    return `site has ${patterns.length} patterns, over ${maxPatterns}: use broader ones`;
  try {
    patterns.forEach(readPattern);
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
  if (site.max_pages === 0)
    return 'site.max_pages is 0, so that nothing could be crawled: set it to 1 or more';
  if (site.scope === 'list' && site.allowed_hosts.length === 0) {
    return 'site.scope is list, so that site.allowed_hosts must name a host';
  }
  const host = site.allowed_hosts.find((name) => !isHost(name));
  if (host !== undefined) return `site.allowed_hosts has "${host.slice(0, 80)}", which is no host name`;
  return null;
}
