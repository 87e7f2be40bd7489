import type { FoundPage, SiteRequest } from '../../protocol/messages';
import type { ResumedPage } from '../../protocol/resumedPages';
import { digestOf } from '../digest';
import { DigestMap } from './digestMap';
import { Frontier, type PlannedPage } from './frontier';
import { decodeMemo, encodeMemo, type Memo } from './memo';
import { skip, type SiteRules, type Skip } from './siteRules';
import { dateStepsOf, Traps } from './traps';
import { crawledUrl, urlKey } from './urlKey';

/** How a link, a sitemap's entry or a canonical address is come upon. */
export interface Lead {
  depth: number;
  foundOn: string;
  isNofollow: boolean;
  /** 0 to 1; only of the best-first order. */
  priority: number;
  /** Of the page that it stands on. */
  dateSteps: number;
}

/**
 * Where a URL stands: never come upon, not to be crawled, to be crawled, under way, left out for another page that has its
 * content; in the end its content is part of the crawl, or was not to be had.
 */
const stages = ['new', 'barred', 'waiting', 'begun', 'left', 'kept', 'lost'] as const;

export type Stage = (typeof stages)[number];

/** Before all others. */
const seedCost = -100;

/** Kept as texts; of more, those set aside first are left out for good. */
const maxAside = 20_000;

/** Links of a site's navigation come again on each page; so many are known without a second look. */
const maxRecent = 4_096;

/** What a site crawl knows of a site: which URLs it has come upon, and which of them are to be crawled. */
export class KnownSite {
  readonly frontier = new Frontier();
  /** By the digest of its key, the stage of a URL; above that its index, where it matters. */
  private readonly places = new DigestMap();
  private readonly recent = new Set<string>();
  private readonly traps = new Traps();
  /** Not to be crawled by what is known of them so far; another link may say otherwise. */
  private readonly aside = new Map<string, Omit<FoundPage, 'index'>>();
  private found: FoundPage[] = [];
  private nextAsked = 0;
  private nextIndex: number;

  /** @param asked how many pages the client has numbered: the seeds, or what is outstanding of a resumed crawl. */
  constructor(
    asked: number,
    private readonly site: SiteRequest,
    private readonly rules: SiteRules,
  ) {
    this.nextIndex = asked;
  }

  addSeed(url: string): void {
    this.addAsked({ url, depth: 0, cost: seedCost, isSeed: true, dateSteps: 0 });
  }

  /** Takes a page up of an earlier part of the crawl. */
  restore({ url, state, memo }: ResumedPage, isSeed: boolean): void {
    const parsed = new URL(url);
    const { dateSteps } = decodeMemo(memo);
    if (state.kind === 'outstanding') {
      const { depth } = state;
      const cost = isSeed ? seedCost : this.costOf({ depth, priority: 0 }, parsed);
      this.addAsked({ url, depth, cost, isSeed, dateSteps });
    } else {
      this.see(parsed, state.kind === 'succeeded' ? 'kept' : 'barred');
    }
    // One query more is known of its path.
    if (!this.rules.judge(parsed)) this.traps.judge(parsed, dateSteps);
  }

  /** False when the URL was found before. */
  see(url: URL, stage: Stage): boolean {
    const key = digestOf(urlKey(url));
    if (this.stageOf(key) !== 'new') return false;
    this.setStage(key, stage, 0);
    return true;
  }

  stageAt(url: URL): Stage {
    return this.stageOf(digestOf(urlKey(url)));
  }

  /** A page of the crawl comes to its next stage. */
  enter({ key, index }: PlannedPage, stage: Stage): void {
    this.setStage(key, stage, index);
  }

  /** Judges a lead by all the rules there are before its page is fetched. */
  follow(address: string, lead: Lead): void {
    if (this.recent.has(address) || !URL.canParse(address)) return;
    const url = crawledUrl(new URL(address));
    const key = digestOf(urlKey(url));
    if (this.stageOf(key) === 'new') this.judge(lead, url, key);
    if (this.stageOf(key) === 'new') return;
    if (this.recent.size >= maxRecent) this.recent.clear();
    this.recent.add(address);
  }

  /** As {@link follow}, and has the page crawled next, if at all. Returns its index, or -1 when it is not to be crawled. */
  hasten(address: string, lead: Lead): number {
    this.follow(address, lead);
    const key = digestOf(urlKey(new URL(address)));
    const stage = this.stageOf(key);
    const index = Math.floor(this.places.get(key) / stages.length);
    if (stage === 'waiting') this.frontier.hasten(index);
    return stage === 'waiting' || stage === 'begun' ? index : -1;
  }

  /** Has the client told what it is to tell when the crawl is taken up again. */
  remember({ index, url, depth, foundOn, dateSteps }: PlannedPage, memo: Omit<Memo, 'dateSteps'>): void {
    const text = encodeMemo({ ...memo, dateSteps });
    this.found.push({ index, url, depth, found_on: foundOn, skipped: null, memo: text });
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

  private addAsked(asked: Omit<PlannedPage, 'index' | 'key' | 'foundOn'>): void {
    if (this.nextAsked === this.nextIndex) return;
    const key = digestOf(urlKey(new URL(asked.url)));
    const page = { ...asked, key, index: this.nextAsked++, foundOn: asked.url };
    if (this.stageOf(key) === 'new') {
      this.setStage(key, 'waiting', page.index);
      this.frontier.add(page);
    } else {
      this.leaveOut(page, skip('duplicate-content', 'It is the address of another page asked for'));
    }
  }

  private stageOf(key: string): Stage {
    return stages[this.places.get(key) % stages.length] ?? 'new';
  }

  private setStage(key: string, stage: Stage, index: number): void {
    this.places.set(key, index * stages.length + stages.indexOf(stage));
    this.aside.delete(key);
  }

  private judge(lead: Lead, url: URL, key: string): void {
    const { depth, foundOn } = lead;
    const dateSteps = dateStepsOf(url, lead.dateSteps);
    const found = { url: url.href, depth, found_on: foundOn };
    // Breadth first, no later link is nearer to a seed.
    const isLastWord = this.site.strategy === 'breadth-first';
    const broken = this.rules.judge(url) ?? (isLastWord ? this.tooDeep(lead) : null);
    const asideFor = broken ? null : (nofollowOf(lead) ?? this.tooDeep(lead));
    if (asideFor) {
      if (!this.aside.has(key)) this.aside.set(key, { ...found, skipped: asideFor });
      if (this.aside.size > maxAside) this.settleOldest();
      return;
    }
    const trap = broken ? null : this.traps.judge(url, dateSteps);
    const skipped = broken ?? (trap === null ? null : skip('trap', `It looks like a trap: ${trap}`));
    const index = this.nextIndex++;
    const memo = encodeMemo({ dateSteps, contentDigest: null, leadsTo: null });
    this.found.push({ ...found, index, skipped, ...(memo !== '' && !skipped && { memo }) });
    this.setStage(key, skipped ? 'barred' : 'waiting', index);
    if (skipped) return;
    const cost = this.costOf(lead, url);
    this.frontier.add({ index, url: url.href, key, depth, cost, isSeed: false, foundOn, dateSteps });
  }

  private tooDeep({ depth }: Lead): Skip | null {
    const { max_depth } = this.site;
    if (depth <= max_depth) return null;
    return skip('depth', `It is ${depth} links away from a seed, over ${max_depth}`);
  }

  private settleOldest(): void {
    for (const [key, page] of this.aside) {
      const index = this.nextIndex++;
      this.found.push({ ...page, index });
      this.setStage(key, 'barred', index);
      return;
    }
  }

  /** Best are pages near a seed, few folders deep, plain of query, and those that the site itself puts first. */
  private costOf({ depth, priority }: Pick<Lead, 'depth' | 'priority'>, { pathname, search }: URL): number {
    if (this.site.strategy === 'breadth-first') return depth;
    const folders = pathname.split('/').length - 1;
    return depth / 2 + folders / 4 + (search === '' ? 0 : 1 / 2) - Math.round(10 * priority) / 10;
  }
}

function nofollowOf({ isNofollow }: Lead): Skip | null {
  return isNofollow ? skip('nofollow', 'The page that links to it asks crawlers not to follow') : null;
}
