import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { CrawlRequest, FoundPage, ServerMessageOf, SiteOptions } from '../protocol/messages';
import { toResumedLine, type ResumedPage } from '../protocol/resumedPages';
import type { Batch } from './batchQueue';
import type { ClientMetricsCounter } from './clientMetrics';
import { CrawlAccount } from './crawlAccount';
import { isFetchedInVain, type SiteCheckpoint, type SiteCrawlEvent } from './siteCrawlEvent';

export interface SiteAccountSettings {
  /** The seeds. */
  urls: readonly string[];
  site: SiteOptions;
  checkpoint: SiteCheckpoint | undefined;
  metrics: ClientMetricsCounter;
}

const compress = promisify(deflateRaw);

/** A site crawl's books: those of any crawl, and how far each of its pages is from a seed. */
export class SiteAccount {
  readonly pages: CrawlAccount;
  private readonly settings: SiteAccountSettings;
  private readonly depths: number[];
  /** By index; those that have one. */
  private readonly memos = new Map<number, string>();
  private readonly emit: (event: SiteCrawlEvent, byteCount?: number) => void;
  private readonly startedAtMs = performance.now();
  private fetchedInVain: number;
  private isAsked: boolean;

  constructor(settings: SiteAccountSettings, emit: (event: SiteCrawlEvent, byteCount?: number) => void) {
    const { urls: seeds, checkpoint, metrics } = settings;
    const known = checkpoint?.pages ?? seeds.map((url) => ({ url, depth: 0, settlement: null, memo: null }));
    this.settings = settings;
    this.emit = emit;
    this.isAsked = checkpoint !== undefined;
    this.fetchedInVain = checkpoint?.fetchedInVain ?? 0;
    this.depths = known.map(({ depth }) => depth);
    this.pages = new CrawlAccount(
      known.map(({ url }) => url),
      metrics,
      emit,
    );
    for (const [index, { settlement, memo }] of known.entries()) {
      if (settlement !== null) this.pages.ledger.settle(index, settlement);
      if (memo) this.memos.set(index, memo);
    }
  }

  /** Asks for these pages; what else is known is named, so that the server does not find it anew. */
  async request(batch: Batch): Promise<CrawlRequest> {
    const { site } = this.settings;
    const urls = [...this.settings.urls];
    if (!this.isAsked) {
      this.isAsked = true;
      return { urls, site: { ...site, resumed: null } };
    }
    const { succeeded, failed } = this.pages.ledger.counts;
    const resumed = {
      pages: (await compress(this.resumedLines(batch))).toString('base64'),
      outstanding: batch.length,
      pages_fetched: succeeded + failed + this.fetchedInVain,
      elapsed_ms: this.elapsedMs,
    };
    return { urls, site: { ...site, resumed } };
  }

  private resumedLines(batch: Batch): string {
    const asked = new Set(batch);
    const line = (index: number): string => {
      const state: ResumedPage['state'] = asked.has(index)
        ? { kind: 'outstanding', depth: this.depths[index] ?? 0 }
        : { kind: this.pages.ledger.hasSucceeded(index) ? 'succeeded' : 'done' };
      return toResumedLine({ url: this.pages.urlOf(index), state, memo: this.memos.get(index) ?? '' });
    };
    const others = [...this.depths.keys()].filter((index) => !asked.has(index));
    return [...batch, ...others].map(line).join('');
  }

  /**
   * Books what a server has found and tells of it.
   *
   * @param indexes of the pages of the request, by the server's numbers; those of new pages are added.
   */
  find(message: ServerMessageOf<'found'>, indexes: number[]): void {
    const changed: FoundPage[] = [];
    for (const page of message.data.pages) {
      const known = indexes[page.index];
      const index = known ?? this.add(page);
      if (known === undefined) indexes.push(index);
      if (page.memo !== undefined) this.memos.set(index, page.memo);
      const isSettled = page.skipped !== null && this.pages.ledger.settle(index, 'skipped');
      if (isSettled && page.skipped && isFetchedInVain(page.skipped.rule)) this.fetchedInVain += 1;
      if (known === undefined || isSettled || page.memo !== undefined) changed.push({ ...page, index });
    }
    if (changed.length > 0) this.emit({ ...message, data: { pages: changed } });
  }

  pause(message: ServerMessageOf<'paused'>): void {
    this.emit(message);
  }

  private add({ url, depth }: FoundPage): number {
    this.depths.push(depth);
    return this.pages.add(url);
  }

  private get elapsedMs(): number {
    return Math.round((this.settings.checkpoint?.elapsedMs ?? 0) + performance.now() - this.startedAtMs);
  }
}
