import { digestOf } from '../digest';
import type { EncodedDocument } from '../encodedDocument';
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

/** Pages of the crawl so far, by what the rules for fetched pages compare. */
export class PagesSeen {
  private readonly contents = new Map<string, string>();
  private readonly leftForCanonical = new Set<string>();

  /** The page that had the same content first; else the content is this page's. */
  sameAs({ contentDigest }: EncodedDocument, url: string): string | null {
    if (contentDigest === null) return null;
    const first = this.contents.get(contentDigest);
    if (first === undefined) this.contents.set(contentDigest, url);
    return first ?? null;
  }

  leaveForCanonical(page: URL): void {
    this.leftForCanonical.add(digestOf(urlKey(page)));
  }

  wasLeftForCanonical(page: URL): boolean {
    return this.leftForCanonical.has(digestOf(urlKey(page)));
  }
}

/** Applies the rules for fetched pages, in their order. A page that the user asked for is always delivered. */
export function judgePage(
  page: PlannedPage,
  visited: VisitedPage,
  known: KnownSite,
  rules: SiteRules,
  pages: PagesSeen,
): PageVerdict {
  const { result, directions } = visited;
  const { document } = result;
  if (!document) return left(page.isSeed ? null : skippedFailure(visited));
  const asked = new URL(page.url);
  const reached = crawledUrl(new URL(document.url));
  if (urlKey(reached) !== urlKey(asked)) {
    const elsewhere = judgeRedirect(reached, known, rules);
    if (elsewhere && !page.isSeed) return left(elsewhere);
  }
  const canonical = page.isSeed
    ? null
    : canonicalOf(directions?.canonical ?? null, reached, asked, rules, pages);
  if (canonical) {
    pages.leaveForCanonical(asked);
    const skipped = skip('canonical', `It says that its content belongs to ${canonical.href}`);
    return { skipped, followsLinks: false, canonical: canonical.href };
  }
  const first = pages.sameAs(document, page.url);
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
  if (known.see(reached)) return null;
  return skip('duplicate-content', `It redirects to ${reached.href}, which is part of the crawl already`);
}

/** Where the page's content belongs, if that is another page that the crawl may have. */
function canonicalOf(
  named: string | null,
  reached: URL,
  asked: URL,
  rules: SiteRules,
  pages: PagesSeen,
): URL | null {
  if (named === null) return null;
  const canonical = crawledUrl(new URL(named));
  const key = urlKey(canonical);
  if (key === urlKey(reached) || key === urlKey(asked)) return null;
  // A site whose every page names its front page has a template gone wrong.
  if (canonical.pathname === '/' && canonical.search === '' && reached.pathname !== '/') return null;
  // Two pages that name each other are both right, or neither.
  return rules.judge(canonical) || pages.wasLeftForCanonical(canonical) ? null : canonical;
}
