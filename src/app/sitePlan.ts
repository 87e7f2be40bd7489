import type { Settlement } from '../client/ledger';
import type { RipTideClient } from '../client/ripTideClient';
import { isFetchedInVain, type CheckpointPage, type SiteCheckpoint } from '../client/siteCrawlEvent';
import type { FoundPage, SiteOptions } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlPlan, OpenCrawl } from './crawlPlan';

/** Pages read from the store at once. */
const pagesPerRead = 1_000;

/** A site, of which more and more becomes known. */
export class SitePlan implements CrawlPlan {
  private readonly seeds: readonly string[];
  private readonly site: SiteOptions;
  private readonly pages: CheckpointPage[];
  private fetchedInVain: number;
  private readonly elapsedBeforeMs: number;
  private startedAtMs = performance.now();
  private settled: number;

  constructor(
    seeds: readonly string[],
    site: SiteOptions,
    { pages, fetchedInVain, elapsedMs } = newSite(seeds),
  ) {
    this.seeds = seeds;
    this.site = site;
    this.pages = pages.map((page) => ({ ...page }));
    this.fetchedInVain = fetchedInVain;
    this.elapsedBeforeMs = elapsedMs;
    this.settled = pages.filter(({ settlement }) => settlement !== null).length;
  }

  /**
   * As the store has the crawl.
   *
   * @param elapsedMs of the time that the crawl may take.
   * @throws {StoreError}
   */
  static async read(
    store: CrawlStore,
    crawlId: string,
    site: SiteOptions,
    elapsedMs: number,
  ): Promise<SitePlan> {
    const seeds: string[] = [];
    const known: CheckpointPage[] = [];
    let fetchedInVain = 0;
    for (;;) {
      const pages = await store.readSitePages(crawlId, known.length, pagesPerRead);
      for (const { url, depth, isSeed, outcome, rule, memo } of pages) {
        if (isSeed) seeds.push(url);
        if (rule && isFetchedInVain(rule)) fetchedInVain += 1;
        known.push({ url, depth, settlement: outcome === 'outstanding' ? null : outcome, memo });
      }
      if (pages.length < pagesPerRead) break;
    }
    return new SitePlan(seeds, site, { pages: known, fetchedInVain, elapsedMs });
  }

  get asked(): number {
    return this.pages.length;
  }

  get outstanding(): number {
    return this.pages.length - this.settled;
  }

  open(client: RipTideClient, signal: AbortSignal): OpenCrawl {
    const { pages, fetchedInVain } = this;
    const isNew = this.asked === this.seeds.length && this.settled === 0 && this.elapsedBeforeMs === 0;
    const elapsedMs = this.elapsedBeforeMs + performance.now() - this.startedAtMs;
    const checkpoint = isNew
      ? undefined
      : { pages: pages.map((page) => ({ ...page })), fetchedInVain, elapsedMs };
    const crawl = client.crawlSite(this.seeds, this.site, { signal, checkpoint, takesRawResults: true });
    return { events: crawl, indexOf: (place) => place, unpause: () => crawl.unpause() };
  }

  find(pages: readonly FoundPage[]): void {
    for (const { index, url, depth, skipped, memo } of pages) {
      const known = this.pages[index];
      if (!known) this.pages.push({ url, depth, settlement: null, memo: memo ?? null });
      else if (memo !== undefined) known.memo = memo;
      if (skipped === null) continue;
      if (isFetchedInVain(skipped.rule)) this.fetchedInVain += 1;
      this.settle(index, 'skipped');
    }
  }

  excludeTime(durationMs: number): void {
    this.startedAtMs += durationMs;
  }

  settle(index: number, settlement: Settlement): void {
    const page = this.pages[index];
    if (page?.settlement !== null) return;
    page.settlement = settlement;
    this.settled += 1;
  }
}

function newSite(seeds: readonly string[]): SiteCheckpoint {
  const pages = seeds.map((url) => ({ url, depth: 0, settlement: null, memo: null }));
  return { pages, fetchedInVain: 0, elapsedMs: 0 };
}
