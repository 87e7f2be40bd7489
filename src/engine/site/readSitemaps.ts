import { CrawlFailure } from '../crawlFailure';
import { readSitemap, type SitemapEntry } from './sitemap';
import type { SiteGuest } from './siteGuest';
import type { SiteRules } from './siteRules';

const maxFiles = 100;
/** Indexes of indexes are against the sitemap protocol, and exist. */
const maxNesting = 2;
const maxEntriesInAll = 250_000;

export interface FoundEntry extends SitemapEntry {
  /** The sitemap. */
  foundOn: string;
}

/**
 * Yields the pages that the seeds' sites name in the sitemaps of their robots.txt and at the usual place. What cannot
 * be had or read is left out: a sitemap is an offer.
 */
export async function* readSitemaps(
  seeds: readonly URL[],
  guest: SiteGuest,
  rules: SiteRules,
  signal: AbortSignal,
): AsyncGenerator<FoundEntry> {
  const read = new Set<string>();
  const waiting: { url: URL; nesting: number }[] = [];
  for (const origin of new Set(seeds.map((seed) => seed.origin))) {
    for (const url of await sitemapsOf(new URL(origin), guest, rules, signal))
      waiting.push({ url, nesting: 0 });
  }
  let count = 0;
  for (let next = waiting.shift(); next && read.size < maxFiles; next = waiting.shift()) {
    const { url, nesting } = next;
    if (read.has(url.href)) continue;
    read.add(url.href);
    const entries: SitemapEntry[] = [];
    // What it names is kept until it is read, since its server need not wait for our client.
    const takeBody = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const entry of readSitemap(chunks)) entries.push(entry);
    };
    await unlessFailed(guest.download(url, rules.reachOf(url), takeBody, signal));
    for (const entry of entries) {
      if (++count > maxEntriesInAll || signal.aborted) return;
      if (entry.kind === 'page') yield { ...entry, foundOn: url.href };
      else if (nesting < maxNesting) waiting.push(...nested(entry.url, nesting + 1));
    }
  }
}

async function sitemapsOf(
  origin: URL,
  guest: SiteGuest,
  rules: SiteRules,
  signal: AbortSignal,
): Promise<URL[]> {
  const robots = await unlessFailed(guest.robotsFor(origin, rules.reachOf(origin), signal));
  // Without robots.txt nobody knows what may be asked for.
  if (!robots) return [];
  const named = [...robots.sitemaps, '/sitemap.xml'].filter((sitemap) => URL.canParse(sitemap, origin.href));
  return named.map((sitemap) => new URL(sitemap, origin)).filter(isWeb);
}

function nested(sitemap: string, nesting: number): { url: URL; nesting: number }[] {
  if (!URL.canParse(sitemap)) return [];
  const url = new URL(sitemap);
  return isWeb(url) ? [{ url, nesting }] : [];
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

async function unlessFailed<Value>(attempt: Promise<Value>): Promise<Value | null> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof CrawlFailure) return null;
    throw error;
  }
}
