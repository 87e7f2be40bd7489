import type { Settlement } from '../client/ledger';
import type { RipTideClient } from '../client/ripTideClient';
import type { CheckpointPage } from '../client/siteCrawlEvent';
import type { FoundPage, SiteOptions } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord } from '../store/records';
import type { CrawlPlan, OpenCrawl } from './crawlPlan';

/** Pages read from the store at once. */
const pagesPerRead = 1_000;

/** A site, of which more and more becomes known. */
export class SitePlan implements CrawlPlan {
  private readonly seeds: readonly string[];
  private readonly site: SiteOptions;
  private readonly pages: CheckpointPage[];
  private readonly elapsedBeforeMs: number;
  private readonly startedAtMs = performance.now();
  private settled: number;

  constructor(
    seeds: readonly string[],
    site: SiteOptions,
    pages = seeds.map((url): CheckpointPage => ({ url, depth: 0, settlement: null })),
    elapsedBeforeMs = 0,
  ) {
    this.seeds = seeds;
    this.site = site;
    this.pages = pages;
    this.elapsedBeforeMs = elapsedBeforeMs;
    this.settled = pages.filter(({ settlement }) => settlement !== null).length;
  }

  /** As the store has the crawl. @throws {StoreError} */
  static async read(store: CrawlStore, crawl: CrawlRecord, site: SiteOptions): Promise<SitePlan> {
    const seeds: string[] = [];
    const known: CheckpointPage[] = [];
    for (;;) {
      const query = { crawlId: crawl.id, offset: known.length, limit: pagesPerRead };
      const { pages, total } = await store.listPages(query);
      for (const { url, depth, foundOn, outcome } of pages) {
        if (foundOn === null) seeds.push(url);
        known.push({ url, depth, settlement: outcome.kind === 'outstanding' ? null : outcome.kind });
      }
      if (pages.length === 0 || known.length >= total) break;
    }
    return new SitePlan(seeds, site, known, crawl.elapsedBeforeMs);
  }

  get asked(): number {
    return this.pages.length;
  }

  get outstanding(): number {
    return this.pages.length - this.settled;
  }

  open(client: RipTideClient, signal: AbortSignal): OpenCrawl {
    const elapsedMs = this.elapsedBeforeMs + performance.now() - this.startedAtMs;
    const isNew = this.asked === this.seeds.length && this.settled === 0 && this.elapsedBeforeMs === 0;
    const checkpoint = isNew ? undefined : { pages: this.pages.map((page) => ({ ...page })), elapsedMs };
    const crawl = client.crawlSite(this.seeds, this.site, { signal, checkpoint, takesRawResults: true });
    return { events: crawl, indexOf: (place) => place, unpause: () => crawl.unpause() };
  }

  find(pages: readonly FoundPage[]): void {
    for (const { index, url, depth, skipped } of pages) {
      if (index === this.pages.length) this.pages.push({ url, depth, settlement: null });
      if (skipped !== null) this.settle(index, 'skipped');
    }
  }

  settle(index: number, settlement: Settlement): void {
    const page = this.pages[index];
    if (page?.settlement !== null) return;
    page.settlement = settlement;
    this.settled += 1;
  }
}
