import { randomUUID } from 'node:crypto';
import { Emitter } from '../base/emitter';
import type { Logger } from '../base/logger';
import type { CrawlOptions, SiteOptions, Validators } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord, NewCrawl, Retry } from '../store/records';
import { ListPlan, type CrawlPlan } from './crawlPlan';
import { CrawlRun, type CrawlSource, type DecideFailing, type Stop, type Wait } from './crawlRun';
import { SitePlan } from './sitePlan';

/** Of the store, at once. */
const pagesPerRead = 1_000;

export interface StartedCrawl {
  id: string;
  /** Settles when the crawl has ended, however it ended; rejects only when the store fails. */
  ended: Promise<CrawlRecord>;
}

/** Starts, resumes and stops crawls; every result is stored first and announced by the store. */
export class Crawls {
  private readonly openStore: () => Promise<CrawlStore>;
  private readonly source: CrawlSource;
  private readonly logger: Logger;
  private readonly decideFailing: DecideFailing;
  private readonly running = new Map<string, CrawlRun>();
  private readonly changed = new Emitter<void>();

  /** A crawl started or ended, or one of its pages was found or stored. */
  readonly onDidChange = this.changed.event;

  /** @param decideFailing by default, crawls go on. */
  constructor(
    openStore: () => Promise<CrawlStore>,
    source: CrawlSource,
    logger: Logger,
    decideFailing: DecideFailing = () => Promise.resolve('go-on'),
  ) {
    this.openStore = openStore;
    this.source = source;
    this.logger = logger;
    this.decideFailing = decideFailing;
  }

  get runningIds(): readonly string[] {
    return [...this.running.keys()];
  }

  /** The longest of those that running crawls are in. */
  get wait(): Wait | null {
    return [...this.running.values()].reduce<Wait | null>(
      (longest, { wait }) => (wait && wait.untilMs > (longest?.untilMs ?? 0) ? wait : longest),
      null,
    );
  }

  /** Over all running crawls; `done` counts what is on disk. */
  get progress(): { done: number; total: number } {
    const sum = { done: 0, total: 0 };
    for (const { progress } of this.running.values()) {
      sum.done += progress.done;
      sum.total += progress.total;
    }
    return sum;
  }

  /** @throws {StoreError} when the crawl cannot be stored; nothing has been sent then. */
  async start(urls: readonly string[], title: string, options: CrawlOptions = {}): Promise<StartedCrawl> {
    const store = await this.openStore();
    const crawl = await store.createCrawl({ ...this.newCrawl(title), urls, options });
    return this.run(store, crawl, await listPlan(store, crawl, new Map(urls.entries())));
  }

  /** Crawls the seeds and what they link to. @throws {StoreError} as {@link start}. */
  async startSite(seeds: readonly string[], title: string, site: SiteOptions): Promise<StartedCrawl> {
    const store = await this.openStore();
    const crawl = await store.createCrawl({ ...this.newCrawl(title), urls: seeds, site });
    return this.run(store, crawl, new SitePlan(seeds, site));
  }

  /**
   * Crawls what is outstanding of a crawl that does not run, and of its failed pages what `retry` says.
   *
   * @throws {StoreError} `not-found`; `running` when it runs already, here or in another window.
   */
  async resume(id: string, retry: Retry): Promise<StartedCrawl> {
    const store = await this.openStore();
    const crawl = await store.resumeCrawl(id, retry, Date.now());
    // Who asks for failed pages again means that there is to be time for them.
    const elapsedMs = retry === 'none' ? crawl.elapsedBeforeMs : 0;
    const plan =
      crawl.site === null
        ? await readListPlan(store, crawl)
        : await SitePlan.read(store, id, crawl.site, elapsedMs);
    return this.run(store, crawl, plan);
  }

  /** Stops a crawl; what has arrived stays. False when it does not run in this process. */
  stop(id: string, how: Stop): boolean {
    const run = this.running.get(id);
    run?.stop(how);
    return run !== undefined;
  }

  stopAll(how: Stop): void {
    for (const run of this.running.values()) run.stop(how);
  }

  private newCrawl(title: string): Omit<NewCrawl, 'urls'> {
    const { name: server, version } = this.source;
    return { id: randomUUID(), title, server, serverVersion: version, startedAtMs: Date.now() };
  }

  private run(store: CrawlStore, crawl: CrawlRecord, plan: CrawlPlan): StartedCrawl {
    const run = new CrawlRun({
      store,
      source: this.source,
      crawl,
      plan,
      decideFailing: this.decideFailing,
      logger: this.logger,
      onProgress: () => this.changed.fire(),
    });
    this.running.set(crawl.id, run);
    this.changed.fire();
    const ended = run.run().finally(() => {
      this.running.delete(crawl.id);
      this.changed.fire();
    });
    // Whoever started it through the API may not care how it ends.
    ended.catch((error: unknown) => this.logger.error(`crawl ${crawl.id}: ${String(error)}`));
    return { id: crawl.id, ended };
  }
}

async function readListPlan(store: CrawlStore, crawl: CrawlRecord): Promise<ListPlan> {
  const { id } = crawl;
  const outstanding = new Map<number, string>();
  for (;;) {
    const { pages, total } = await store.listPages({
      crawlId: id,
      outcome: 'outstanding',
      offset: outstanding.size,
      limit: pagesPerRead,
    });
    for (const { index, url } of pages) outstanding.set(index, url);
    if (outstanding.size >= total) break;
  }
  return listPlan(store, crawl, outstanding);
}

async function listPlan(
  store: CrawlStore,
  crawl: CrawlRecord,
  outstanding: Map<number, string>,
): Promise<ListPlan> {
  const { counts, options } = crawl;
  // Who turns the cache off wants to have the pages read anew.
  const isCached = options.cache_mode !== 'bypass';
  const validators = isCached ? await readValidators(store, crawl, outstanding) : undefined;
  return new ListPlan(counts.asked, outstanding, options, validators);
}

/** What the latest copies of these pages are called by that would be the same again, so that it need not send them again. */
async function readValidators(
  store: CrawlStore,
  { id }: CrawlRecord,
  pages: ReadonlyMap<number, string>,
): Promise<Map<number, Validators>> {
  const found = new Map<number, Validators>();
  const entries = [...pages];
  for (let start = 0; start < entries.length; start += pagesPerRead) {
    const part = entries.slice(start, start + pagesPerRead);
    const known = await store.readValidators(
      id,
      part.map(([, url]) => url),
    );
    for (const [place, [index]] of part.entries()) {
      const validators = known[place];
      if (validators) found.set(index, validators);
    }
  }
  return found;
}
