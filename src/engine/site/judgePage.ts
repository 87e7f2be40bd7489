import { DigestMap } from './digestMap';
import type { PlannedPage } from './frontier';
import type { VisitedPage } from './siteGuest';
import type { KnownSite } from './knownSite';
import { skip, type SiteRules, type Skip } from './siteRules';
import { crawledUrl, urlKey } from './urlKey';

/** What becomes of a page that was fetched. */
export interface PageVerdict {
  /** `null`: it is delivered. */
  skipped: Skip | null;
  followsLinks: boolean;
  /** To be crawled in its place. */
  canonical: string | null;
}

/** Pages of the crawl so far, by their content. */
export class PagesSeen {
  private readonly urls: string[] = [];
  /** By the digest of its content, the number of a page, from 1. */
  private readonly contents = new DigestMap();

  /** The page that had the same content first; else the content is this page's. */
  sameAs(contentDigest: string | null, url: string): string | null {
    if (contentDigest === null) return null;
    const first = this.urls[this.contents.get(contentDigest) - 1];
    if (first === undefined) this.contents.set(contentDigest, this.urls.push(url));
    return first ?? null;
  }
}

/**
 * Applies the rules for fetched pages, in their order. A page that the user asked for is always delivered.
 *
 * @param isOwn judged before, and left for a page that cannot be had: its content is its own after all.
 */
export function judgePage(
  page: PlannedPage,
  visited: VisitedPage,
  known: KnownSite,
  rules: SiteRules,
  pages: PagesSeen,
  isOwn: boolean,
): PageVerdict {
  const { result, directions } = visited;
  const { document } = result;
  if (!document) return left(page.isSeed ? null : skippedFailure(visited));
  const asked = new URL(page.url);
  const reached = crawledUrl(new URL(document.url));
  if (!isOwn && urlKey(reached) !== urlKey(asked)) {
    const elsewhere = judgeRedirect(reached, known, rules);
    if (elsewhere && !page.isSeed) return left(elsewhere);
  }
  const named = page.isSeed || isOwn ? null : (directions?.canonical ?? null);
  const canonical = canonicalOf(named, reached, asked, rules, known);
  if (canonical) {
    const skipped = skip('canonical', `It says that its content belongs to ${canonical.href}`);
    return { skipped, followsLinks: false, canonical: canonical.href };
  }
  const first = pages.sameAs(document.contentDigest, page.url);
  if (first !== null && !page.isSeed) return left(skip('duplicate-content', `It is the same as ${first}`));
  return { skipped: null, followsLinks: first === null, canonical: null };
}

function left(skipped: Skip | null): PageVerdict {
  return { skipped, followsLinks: false, canonical: null };
}

/** What the rules would have said, had they known what the server says. */
function skippedFailure({ failure, result: { error } }: VisitedPage): Skip | null {
  if (!error) return null;
  const { message } = error;
  if (failure === 'robots' && !error.retryable) return { rule: 'robots', message };
  if (failure === 'blocked-address') return { rule: 'private-address', message };
  if (failure === 'not-html') return { rule: 'not-a-page', message };
  return null;
}

function judgeRedirect(reached: URL, known: KnownSite, rules: SiteRules): Skip | null {
  const broken = rules.judge(reached);
  if (broken) return { ...broken, message: `It redirects to ${reached.href}. ${broken.message}` };
  if (known.see(reached, 'kept')) return null;
  return skip('duplicate-content', `It redirects to ${reached.href}, which is part of the crawl already`);
}

/** Where the page's content belongs, if that is another page that the crawl may have. */
function canonicalOf(
  named: string | null,
  reached: URL,
  asked: URL,
  rules: SiteRules,
  known: KnownSite,
): URL | null {
  if (named === null) return null;
  const canonical = crawledUrl(new URL(named));
  const key = urlKey(canonical);
  if (key === urlKey(reached) || key === urlKey(asked)) return null;
  // A site whose every page names its front page has a template gone wrong.
  if (canonical.pathname === '/' && canonical.search === '' && reached.pathname !== '/') return null;
  // Two pages that name each other are both right, or neither.
  return rules.judge(canonical) || known.stageAt(canonical) === 'left' ? null : canonical;
}
