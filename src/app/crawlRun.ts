import type { Logger } from '../base/logger';
import { ClientError } from '../client/clientError';
import type { CrawlEvent } from '../client/crawlEvent';
import type { RipTideClient } from '../client/ripTideClient';
import type { CrawlOptions, CrawlResult } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord, CrawlState } from '../store/records';
import { EngineError } from './engineProcess';

/** Results handed to the store and not yet on disk; above it no more are read. */
const maxUnwritten = 500;

/** Servers in a row that went away without delivering a page. */
const maxLostServers = 3;

export interface CrawlSource {
  /** Shown with the crawl: the server's address, or `built-in`. */
  readonly name: string;
  /** Runs `work` with a client that nobody else uses, unless `signal` aborts before there is one. */
  withClient(signal: AbortSignal, work: (client: RipTideClient) => Promise<void>): Promise<void>;
}

/** How a crawl ends that does not end by itself. */
export type Stop = 'cancelled' | 'paused' | 'interrupted';

export interface CrawlRunOptions {
  store: CrawlStore;
  source: CrawlSource;
  crawl: CrawlRecord;
  /** URLs to crawl, by their index in the crawl. */
  outstanding: Map<number, string>;
  options: CrawlOptions;
  logger: Logger;
  /** A page was stored. */
  onProgress: () => void;
}

/** A crawl while it runs: what is outstanding goes to the server, what comes back goes to the store. */
export class CrawlRun {
  private readonly parts: CrawlRunOptions;
  private readonly outstanding: Map<number, string>;
  private readonly abort = new AbortController();
  private readonly unwritten = new Set<Promise<void>>();
  private writeFailure: unknown = null;

  constructor(parts: CrawlRunOptions) {
    this.parts = parts;
    this.outstanding = parts.outstanding;
  }

  /** Over the whole crawl; `done` counts what is on disk. */
  get progress(): { done: number; total: number } {
    const total = this.parts.crawl.counts.asked;
    return { done: total - this.outstanding.size, total };
  }

  stop(how: Stop): void {
    this.abort.abort(how);
  }

  /** Settles when the crawl has ended, however it ended, and is stored as that. @throws {StoreError} */
  async run(): Promise<CrawlRecord> {
    const state = await this.crawlAll();
    return this.parts.store.endCrawl(this.parts.crawl.id, state);
  }

  private async crawlAll(): Promise<CrawlState> {
    const { source, logger } = this.parts;
    const { name } = source;
    for (let lostServers = 0; ;) {
      const outstandingBefore = this.outstanding.size;
      try {
        await this.crawlOutstanding();
        return { kind: 'completed', endedAtMs: Date.now() };
      } catch (error) {
        if (this.abort.signal.aborted) return stoppedState(this.abort.signal.reason as Stop);
        lostServers = this.outstanding.size < outstandingBefore ? 1 : lostServers + 1;
        const canGoOn = isServerGone(error) && source.name === name && lostServers < maxLostServers;
        if (!canGoOn) return this.failedState(error);
        // The engine has ended, or was restarted: the next one listens elsewhere.
        logger.warn(`the server is gone, ${this.outstanding.size} pages go to the next one`);
      }
    }
  }

  private async crawlOutstanding(): Promise<void> {
    const pages = [...this.outstanding];
    if (pages.length === 0) return;
    const { signal } = this.abort;
    await this.parts.source.withClient(signal, async (client) => {
      const urls = pages.map(([, url]) => url);
      try {
        for await (const event of client.crawl(urls, this.parts.options, { signal })) {
          const write = this.write(event, (place) => pages[place]?.[0] ?? -1);
          if (write) await this.track(write);
          if (this.writeFailure !== null) break;
        }
      } finally {
        await Promise.all(this.unwritten);
      }
    });
    if (this.writeFailure !== null) throw this.writeFailure as Error;
    signal.throwIfAborted();
  }

  /** Stores what an event says of a page; null when it is no page's outcome. */
  private write(event: CrawlEvent, indexOf: (place: number) => number): Promise<void> | null {
    const { store, crawl } = this.parts;
    switch (event.message_type) {
      case 'result': {
        const index = indexOf(event.data.index);
        return store.addResult(crawl.id, { ...event.data, index }).then(() => this.settle(index));
      }
      case 'undeliverable': {
        const index = indexOf(event.data.index);
        const result = undeliverable(event.data);
        const { progress } = event.data;
        return store.addResult(crawl.id, { index, result, progress }).then(() => this.settle(index));
      }
      case 'skipped': {
        const index = indexOf(event.data.index);
        return store.skipPage(crawl.id, index, event.data.reason).then(() => this.settle(index));
      }
      default:
        return null;
    }
  }

  private settle(index: number): void {
    this.outstanding.delete(index);
    this.parts.onProgress();
  }

  /** Waits only while too much is unwritten. */
  private async track(write: Promise<void>): Promise<void> {
    const tracked: Promise<void> = write
      .catch((error: unknown) => {
        this.writeFailure ??= error;
      })
      .finally(() => this.unwritten.delete(tracked));
    this.unwritten.add(tracked);
    if (this.unwritten.size >= maxUnwritten) await Promise.race(this.unwritten);
  }

  private failedState(error: unknown): CrawlState {
    const message = error instanceof Error ? error.message : String(error);
    this.parts.logger.error(`crawl failed: ${message}`);
    const reason = error instanceof ClientError || error instanceof EngineError ? error.reason : 'failed';
    return { kind: 'failed', endedAtMs: Date.now(), reason, message };
  }
}

/** The client was closed under the crawl, or nothing answers where the server was. */
function isServerGone(error: unknown): boolean {
  return (
    (error instanceof ClientError && ['closed', 'connection-lost', 'refused'].includes(error.reason)) ||
    (error instanceof EngineError && error.reason === 'stopped')
  );
}

function stoppedState(how: Stop): CrawlState {
  return how === 'cancelled' ? { kind: how, endedAtMs: Date.now() } : { kind: how };
}

function undeliverable({
  url,
  reason,
  message,
}: {
  url: string;
  reason: string;
  message: string;
}): CrawlResult {
  return {
    url,
    status: 0,
    from_cache: false,
    gate_decision: 'failed',
    quality_score: 0,
    processing_time_ms: 0,
    document: null,
    error: { error_type: reason, message, retryable: false },
    cache_key: '',
  };
}
