import type { FoundPage, SiteRequest } from '../../protocol/messages';
import { digestOf } from '../digest';
import { Frontier, type PlannedPage } from './frontier';
import { skip, type SiteRules, type Skip } from './siteRules';
import { dateStepsOf, Traps } from './traps';
import { crawledUrl, urlKey } from './urlKey';

/** A link, a sitemap's entry or a canonical address, as it is come upon. */
export interface Lead {
  url: string;
  depth: number;
  foundOn: string;
  isNofollow: boolean;
  /** 0 to 1; only of the best-first order. */
  priority: number;
  /** Of the page that it stands on. */
  dateSteps: number;
}

/** Links of a site's navigation come again on each page; so many are known without a second look. */
const maxRecent = 4_096;

/** What a site crawl knows of a site: which URLs it has come upon, and which of them are to be crawled. */
export class KnownSite {
  readonly frontier = new Frontier();
  private readonly seen = new Set<string>();
  private readonly recent = new Set<string>();
  private readonly traps = new Traps();
  /** Not to be crawled by what is known of them so far; another link may say otherwise. */
  private readonly aside = new Map<string, Omit<FoundPage, 'index'>>();
  private found: FoundPage[] = [];
  private nextIndex: number;

  constructor(
    urls: readonly string[],
    private readonly site: SiteRequest,
    private readonly rules: SiteRules,
  ) {
    this.nextIndex = urls.length;
    const { resumed } = site;
    const seeds = new Set(resumed?.seeds ?? urls);
    for (const url of resumed?.known ?? []) if (URL.canParse(url)) this.see(new URL(url));
    for (const [index, url] of urls.entries()) this.addAsked(index, url, resumed?.depths[index] ?? 0, seeds);
  }

  /** False when the URL was found before. */
  see(url: URL): boolean {
    const key = digestOf(urlKey(url));
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    this.aside.delete(key);
    return true;
  }

  /** Judges a lead by all the rules there are before its page is fetched. */
  follow(lead: Lead): void {
    if (this.recent.has(lead.url) || !URL.canParse(lead.url)) return;
    const url = crawledUrl(new URL(lead.url));
    const key = digestOf(urlKey(url));
    if (!this.seen.has(key)) this.judge(lead, url, key);
    if (!this.seen.has(key)) return;
    if (this.recent.size >= maxRecent) this.recent.clear();
    this.recent.add(lead.url);
  }

  /** Leaves out what was to be crawled. */
  leaveOut({ index, url, depth, foundOn }: PlannedPage, skipped: Skip): void {
    this.found.push({ index, url, depth, found_on: foundOn, skipped });
  }

  /** What was come upon since the last time. */
  takeFound(): FoundPage[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  /** Leaves out for good what nothing more was found about. */
  settleAside(): void {
    for (const page of this.aside.values()) this.found.push({ ...page, index: this.nextIndex++ });
    this.aside.clear();
  }

  private addAsked(index: number, url: string, depth: number, seeds: ReadonlySet<string>): void {
    const isSeed = seeds.has(url);
    const page = { index, url, depth, cost: isSeed ? -1 : depth, isSeed, foundOn: url, dateSteps: 0 };
    if (this.see(new URL(url))) this.frontier.add(page);
    else this.leaveOut(page, skip('duplicate-content', 'It is the address of another page asked for'));
  }

  private judge(lead: Lead, url: URL, key: string): void {
    const { depth, foundOn } = lead;
    const dateSteps = dateStepsOf(url, lead.dateSteps);
    const found = { url: url.href, depth, found_on: foundOn };
    const broken = this.rules.judge(url);
    if (!broken) {
      const reason = this.asideReason(lead);
      if (reason) {
        if (!this.aside.has(key)) this.aside.set(key, { ...found, skipped: reason });
        return;
      }
    }
    this.seen.add(key);
    this.aside.delete(key);
    const trap = broken ? null : this.traps.judge(url, dateSteps);
    const skipped = broken ?? (trap === null ? null : skip('trap', `It looks like a trap: ${trap}`));
    const index = this.nextIndex++;
    this.found.push({ ...found, index, skipped });
    if (skipped) return;
    const cost = this.costOf(lead, url);
    this.frontier.add({ index, url: url.href, depth, cost, isSeed: false, foundOn, dateSteps });
  }

  private asideReason({ depth, isNofollow }: Lead): Skip | null {
    if (isNofollow) return skip('nofollow', 'The page that links to it asks crawlers not to follow');
    const { max_depth } = this.site;
    if (depth > max_depth) return skip('depth', `It is ${depth} links away from a seed, over ${max_depth}`);
    return null;
  }

  /** Best are pages near a seed, few folders deep, plain of query, and those that the site itself puts first. */
  private costOf({ depth, priority }: Lead, { pathname, search }: URL): number {
    if (this.site.strategy === 'breadth-first') return depth;
    const folders = pathname.split('/').length - 1;
    return depth / 2 + folders / 4 + (search === '' ? 0 : 1 / 2) - priority;
  }
}
