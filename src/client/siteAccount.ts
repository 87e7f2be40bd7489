import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { FoundPage, ResumedSite, ServerMessageOf } from '../protocol/messages';
import { ProtocolError } from '../protocol/protocolError';
import { toResumedLine, type ResumedPage } from '../protocol/resumedPages';
import { BatchQueue, type Batch } from './batchQueue';
import type { ClientMetricsCounter } from './clientMetrics';
import { CrawlAccount } from './crawlAccount';
import { isFetchedInVain, type SiteCheckpoint, type SiteCrawlEvent } from './siteCrawlEvent';

const compress = promisify(deflateRaw);

/** A site crawl's books: those of any crawl, and how far each of its pages is from a seed. */
export class SiteAccount {
  readonly pages: CrawlAccount;
  private readonly depths: number[];
  /** By index; those that have one. */
  private readonly memos = new Map<number, string>();
  private readonly emit: (event: SiteCrawlEvent, byteCount?: number) => void;
  private startedAtMs: number;
  private fetchedInVain: number;

  /** @param known How far the crawl had come before, if it had. */
  constructor(
    seeds: readonly string[],
    known: SiteCheckpoint | undefined,
    metrics: ClientMetricsCounter,
    emit: (event: SiteCrawlEvent, byteCount?: number) => void,
  ) {
    const pages = known?.pages ?? seeds.map((url) => ({ url, depth: 0, settlement: null, memo: null }));
    this.emit = emit;
    this.startedAtMs = performance.now() - (known?.elapsedMs ?? 0);
    this.fetchedInVain = known?.fetchedInVain ?? 0;
    this.depths = pages.map(({ depth }) => depth);
    this.pages = new CrawlAccount(
      pages.map(({ url }) => url),
      new BatchQueue(0, Infinity),
      metrics,
      emit,
    );
    for (const [index, { settlement, memo }] of pages.entries()) {
      if (settlement !== null) this.pages.ledger.settle(index, settlement);
      if (memo) this.memos.set(index, memo);
    }
    this.pages.batches.putBack(this.pages.ledger.outstandingIndexes());
  }

  /** A batch, and what is known besides, so that the server does not find it anew, nor goes beyond its limits. */
  async resumed(batch: Batch): Promise<ResumedSite> {
    const { succeeded, failed } = this.pages.ledger.counts;
    return {
      pages: (await compress(this.resumedLines(batch))).toString('base64'),
      outstanding: batch.length,
      pages_fetched: succeeded + failed + this.fetchedInVain,
      elapsed_ms: Math.round(performance.now() - this.startedAtMs),
    };
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
   * Books what a server has found, and tells of it.
   *
   * @param indexes of the pages of the request, by the server's numbers; those of new pages are added.
   * @throws {ProtocolError} for a gap in the server's numbers; then nothing is booked.
   */
  find(message: ServerMessageOf<'found'>, indexes: number[]): void {
    checkNumbers(message.data.pages, indexes.length);
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

  /** So long nothing was done, which is no part of the crawl's time. */
  excludeTime(durationMs: number): void {
    this.startedAtMs += durationMs;
  }

  private add({ url, depth }: FoundPage): number {
    this.depths.push(depth);
    return this.pages.add(url);
  }
}

function checkNumbers(pages: readonly FoundPage[], firstFree: number): void {
  let next = firstFree;
  for (const { index } of pages) {
    if (index > next)
      throw new ProtocolError('bad-field', 'data.pages', `found page ${index} before page ${next}`);
    if (index === next) next += 1;
  }
}
