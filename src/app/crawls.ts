import { randomUUID } from 'node:crypto';
import { Emitter } from '../base/emitter';
import type { Logger } from '../base/logger';
import { ClientError } from '../client/clientError';
import type { CrawlEvent } from '../client/crawlEvent';
import type { RipTideClient } from '../client/ripTideClient';
import type { CrawlOptions, CrawlResult, ErrorInfo, PageResult } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord, CrawlState } from '../store/records';
import { EngineError } from './engineProcess';

/** Results handed to the store and not yet on disk; above it no more are read. */
const maxUnwritten = 500;

export interface CrawlSource {
  /** Shown with the crawl: the server's address, or `built-in`. */
  readonly name: string;
  connect(): Promise<RipTideClient>;
}

interface RunningCrawl {
  abort: AbortController;
  done: number;
  total: number;
}

export interface StartedCrawl {
  id: string;
  /** Settles when the crawl has ended, however it ended; never rejects on account of the crawl. */
  ended: Promise<CrawlRecord>;
}

/** Starts and cancels crawls; every result is stored first and announced by the store. */
export class Crawls {
  private readonly openStore: () => Promise<CrawlStore>;
  private readonly logger: Logger;
  private readonly running = new Map<string, RunningCrawl>();
  private readonly changed = new Emitter<void>();

  /** A crawl started or ended, or one of its results was stored. */
  readonly onDidChange = this.changed.event;

  constructor(openStore: () => Promise<CrawlStore>, logger: Logger) {
    this.openStore = openStore;
    this.logger = logger;
  }

  get runningIds(): readonly string[] {
    return [...this.running.keys()];
  }

  /** Over all running crawls; `done` counts what is on disk. */
  get progress(): { done: number; total: number } {
    const progress = { done: 0, total: 0 };
    for (const { done, total } of this.running.values()) {
      progress.done += done;
      progress.total += total;
    }
    return progress;
  }

  /** @throws {StoreError} when the crawl cannot be stored; nothing has been sent then. */
  async start(
    source: CrawlSource,
    urls: readonly string[],
    title: string,
    options: CrawlOptions = {},
  ): Promise<StartedCrawl> {
    const store = await this.openStore();
    const id = randomUUID();
    const crawl: RunningCrawl = { abort: new AbortController(), done: 0, total: urls.length };
    await store.createCrawl({ id, title, server: source.name, startedAtMs: Date.now(), urls });
    this.running.set(id, crawl);
    this.changed.fire();
    const ended = this.run(store, source, id, crawl, urls, options).finally(() => {
      this.running.delete(id);
      this.changed.fire();
    });
    return { id, ended };
  }

  /** Ends a running crawl; what has arrived stays. */
  cancel(id: string): void {
    this.running.get(id)?.abort.abort();
  }

  cancelAll(): void {
    for (const { abort } of this.running.values()) abort.abort();
  }

  private async run(
    store: CrawlStore,
    source: CrawlSource,
    id: string,
    crawl: RunningCrawl,
    urls: readonly string[],
    options: CrawlOptions,
  ): Promise<CrawlRecord> {
    let state: CrawlState;
    try {
      await this.receive(store, source, id, crawl, urls, options);
      state = { kind: 'completed', endedAtMs: Date.now() };
    } catch (error) {
      state = crawl.abort.signal.aborted
        ? { kind: 'cancelled', endedAtMs: Date.now() }
        : this.failedState(error);
    }
    return store.endCrawl(id, state);
  }

  private async receive(
    store: CrawlStore,
    source: CrawlSource,
    id: string,
    crawl: RunningCrawl,
    urls: readonly string[],
    options: CrawlOptions,
  ): Promise<void> {
    const { signal } = crawl.abort;
    const client = await source.connect();
    const unwritten = new Set<Promise<void>>();
    let failure: unknown = null;
    for await (const event of client.crawl(urls, options, { signal })) {
      const result = resultOf(event);
      if (result === null) continue;
      const write = store
        .addResult(id, result)
        .then(() => {
          crawl.done += 1;
          this.changed.fire();
        })
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => unwritten.delete(write));
      unwritten.add(write);
      if (unwritten.size >= maxUnwritten) await Promise.race(unwritten);
      if (failure !== null) break;
    }
    await Promise.all(unwritten);
    if (failure !== null) throw failure as Error;
    signal.throwIfAborted();
  }

  private failedState(error: unknown): CrawlState {
    const message = error instanceof Error ? error.message : String(error);
    this.logger.error(`crawl failed: ${message}`);
    return { kind: 'failed', endedAtMs: Date.now(), reason: reasonOf(error), message };
  }
}

/** What to store of an event; `null` when it is no page's outcome. */
function resultOf(event: CrawlEvent): PageResult | null {
  switch (event.message_type) {
    case 'result':
      return event.data;
    case 'undeliverable': {
      const { index, url, reason, message, progress } = event.data;
      const error = { error_type: reason, message, retryable: false };
      return { index, result: failedResult(url, error), progress };
    }
    default:
      return null;
  }
}

function failedResult(url: string, error: ErrorInfo): CrawlResult {
  return {
    url,
    status: 0,
    from_cache: false,
    gate_decision: 'failed',
    quality_score: 0,
    processing_time_ms: 0,
    document: null,
    error,
    cache_key: '',
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof ClientError || error instanceof EngineError) return error.reason;
  return 'failed';
}
