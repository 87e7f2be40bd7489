import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Emitter, type Event } from '../base/emitter';
import type { FoundPage, PageResult, Validators } from '../protocol/messages';
import type {
  CrawlRecord,
  CrawlState,
  HostRecord,
  NewCrawl,
  PageList,
  PageQuery,
  Retry,
  SitePage,
  StoredPage,
} from './records';
import { StoreError } from './storeError';
import type { StoreChange } from './storeMessages';
import { StoreThread } from './storeThread';

export interface StoreLocation {
  /** Of the database file; its folder is created. Several processes may have it open. */
  path: string;
  /** Of the built `storeWorker.js`. */
  workerPath: string;
}

/**
 * Crawls and their pages on disk, in SQLite. All of it runs in a thread of its own; a page is in this process's memory
 * only while it is asked for. Every method throws a {@link StoreError}; `not-found` for a crawl that is not there.
 */
export class CrawlStore {
  private readonly thread: StoreThread;
  private readonly changed = new Emitter<StoreChange>();

  /** After the commit: what a listener reads is what changed. */
  readonly onDidChange: Event<StoreChange> = this.changed.event;

  private constructor(thread: StoreThread) {
    this.thread = thread;
    thread.onDidCommit((change) => this.changed.fire(change));
  }

  /** Marks crawls as interrupted whose process ended while they ran. */
  static async open({ path, workerPath }: StoreLocation): Promise<CrawlStore> {
    try {
      await mkdir(dirname(path), { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new StoreError(
        code === 'ENOSPC' ? 'full' : 'failed',
        `${dirname(path)} cannot be created: ${String(code)}`,
        {
          cause: error,
        },
      );
    }
    return new CrawlStore(await StoreThread.start(workerPath, { path }));
  }

  /** Every URL is an outstanding page from now on. */
  async createCrawl(crawl: NewCrawl): Promise<CrawlRecord> {
    const record = await this.thread.call('createCrawl', crawl);
    this.changed.fire({ crawlId: crawl.id, indexes: 'all' });
    return record;
  }

  /**
   * Resolves when the result is on disk, at most 250 ms later. The first result of an index counts, a further one
   * changes nothing.
   *
   * @throws {StoreError} `not-found` for a crawl or an index that is not there.
   */
  addResult(crawlId: string, result: PageResult): Promise<void> {
    return this.thread.add(crawlId, result);
  }

  /**
   * As {@link addResult}, for the message of a page that was read well as it came, which is decoded in the store's
   * thread. When that fails, the page has failed as `bad-result`.
   *
   * @param index in the whole crawl, whatever the message says.
   */
  addRawResult(crawlId: string, index: number, message: Buffer): Promise<void> {
    return this.thread.addRaw(crawlId, index, message);
  }

  /**
   * Makes found pages part of the crawl, which has so many more pages asked for; those with `skipped` are settled at
   * once. Resolves as {@link addResult}, and a result may be added for such a page before that. A page that is there
   * already is only settled, when it is skipped after all, and gets its new memo.
   *
   * @throws {StoreError} `not-found` for a crawl that is not there, or when the pages leave a gap behind its last.
   */
  addPages(crawlId: string, pages: readonly FoundPage[]): Promise<void> {
    return this.thread.addPages(crawlId, pages);
  }

  async endCrawl(crawlId: string, state: CrawlState): Promise<CrawlRecord> {
    const record = await this.thread.call('endCrawl', crawlId, state);
    this.changed.fire({ crawlId, indexes: 'all' });
    return record;
  }

  /**
   * Makes a crawl that does not run one that runs in this process, from `startedAtMs` on; what is outstanding is then
   * to be crawled. Failed pages are outstanding again as `retry` says.
   *
   * @throws {StoreError} `running` when it runs already, here or in another window.
   */
  async resumeCrawl(crawlId: string, retry: Retry, startedAtMs: number): Promise<CrawlRecord> {
    const record = await this.thread.call('resumeCrawl', crawlId, retry, startedAtMs);
    this.changed.fire({ crawlId, indexes: 'all' });
    return record;
  }

  /** Takes time off that a crawl which runs was paused for. */
  excludeTime(crawlId: string, durationMs: number): Promise<void> {
    return this.thread.call('excludeTime', crawlId, Math.round(durationMs));
  }

  /** Settles an outstanding page that is not asked for, with the reason that the user reads. */
  async skipPage(crawlId: string, index: number, reason: string): Promise<void> {
    await this.thread.call('skipPage', crawlId, index, reason);
    this.changed.fire({ crawlId, indexes: [index] });
  }

  /** Newest first. */
  listCrawls(): Promise<CrawlRecord[]> {
    return this.thread.call('listCrawls');
  }

  readCrawl(crawlId: string): Promise<CrawlRecord | null> {
    return this.thread.call('readCrawl', crawlId);
  }

  /** By name. */
  listHosts(crawlId: string): Promise<HostRecord[]> {
    return this.thread.call('listHosts', crawlId);
  }

  listPages(query: PageQuery): Promise<PageList> {
    return this.thread.call('listPages', query);
  }

  /** Pages of a site crawl from `fromIndex` on, in order; what it takes to resume it. */
  readSitePages(crawlId: string, fromIndex: number, limit: number): Promise<SitePage[]> {
    return this.thread.call('readSitePages', crawlId, fromIndex, limit);
  }

  /**
   * Of the latest copy of each URL that the crawl's server has read with the crawl's options; to be asked for some
   * thousands at once at most.
   */
  readValidators(crawlId: string, urls: readonly string[]): Promise<(Validators | null)[]> {
    return this.thread.call('readValidators', crawlId, urls);
  }

  readPage(crawlId: string, index: number): Promise<StoredPage | null> {
    return this.thread.call('readPage', crawlId, index);
  }

  /** Every page of the crawl in index order, read a chunk at a time as the reader asks. */
  async *readPages(crawlId: string, signal?: AbortSignal): AsyncGenerator<StoredPage, void> {
    for (let next = 0; ;) {
      signal?.throwIfAborted();
      const chunk = await this.thread.call('readChunk', crawlId, next);
      const last = chunk.at(-1);
      if (last === undefined) return;
      yield* chunk;
      next = last.index + 1;
    }
  }

  async deleteCrawl(crawlId: string): Promise<void> {
    await this.thread.call('deleteCrawl', crawlId);
    this.changed.fire({ crawlId, indexes: 'all' });
  }

  /** Writes what was added; every later call throws `closed`. */
  close(): Promise<void> {
    return this.thread.close();
  }
}
