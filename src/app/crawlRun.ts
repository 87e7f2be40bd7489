import type { Logger } from '../base/logger';
import { ClientError } from '../client/clientError';
import type { Settlement } from '../client/ledger';
import type { RipTideClient } from '../client/ripTideClient';
import type { SiteCrawlEvent } from '../client/siteCrawlEvent';
import type { CrawlResult } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord, CrawlState } from '../store/records';
import type { CrawlPlan, OpenCrawl } from './crawlPlan';
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

/**
 * Asked when the server holds a crawl of which half of the pages fail; `message` is the server's.
 * Whatever ends a crawl can be the answer.
 */
export type DecideFailing = (crawl: CrawlRecord, message: string) => Promise<'go-on' | Stop>;

export interface CrawlRunOptions {
  store: CrawlStore;
  source: CrawlSource;
  crawl: CrawlRecord;
  plan: CrawlPlan;
  decideFailing: DecideFailing;
  logger: Logger;
  /** A page was stored, or one more became known. */
  onProgress: () => void;
}

/** A crawl while it runs: what is outstanding goes to the server, what comes back goes to the store. */
export class CrawlRun {
  private readonly parts: CrawlRunOptions;
  private readonly plan: CrawlPlan;
  private readonly abort = new AbortController();
  private readonly unwritten = new Set<Promise<void>>();
  private writeFailure: unknown = null;

  constructor(parts: CrawlRunOptions) {
    this.parts = parts;
    this.plan = parts.plan;
  }

  /** Over the whole crawl; `done` counts what is on disk. */
  get progress(): { done: number; total: number } {
    const { asked: total, outstanding } = this.plan;
    return { done: total - outstanding, total };
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
      const doneBefore = this.progress.done;
      try {
        await this.crawlOutstanding();
        return { kind: 'completed', endedAtMs: Date.now() };
      } catch (error) {
        if (this.abort.signal.aborted) return stoppedState(this.abort.signal.reason as Stop);
        lostServers = this.progress.done > doneBefore ? 1 : lostServers + 1;
        const canGoOn = isServerGone(error) && source.name === name && lostServers < maxLostServers;
        if (!canGoOn) return this.failedState(error);
        // The engine has ended, or was restarted: the next one listens elsewhere.
        logger.warn(`the server is gone, ${this.plan.outstanding} pages go to the next one`);
      }
    }
  }

  private async crawlOutstanding(): Promise<void> {
    if (this.plan.outstanding === 0) return;
    const { signal } = this.abort;
    await this.parts.source.withClient(signal, async (client) => {
      const open = this.plan.open(client, signal);
      try {
        for await (const event of open.events) {
          const write = this.write(event, open);
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
  private write(event: SiteCrawlEvent, open: OpenCrawl): Promise<void> | null {
    const { store, crawl } = this.parts;
    switch (event.message_type) {
      case 'result': {
        const index = open.indexOf(event.data.index);
        const settlement = event.data.result.error === null ? 'succeeded' : 'failed';
        return store.addResult(crawl.id, { ...event.data, index }).then(() => this.settle(index, settlement));
      }
      case 'undeliverable': {
        const index = open.indexOf(event.data.index);
        const result = undeliverable(event.data);
        const { progress } = event.data;
        return store
          .addResult(crawl.id, { index, result, progress })
          .then(() => this.settle(index, 'failed'));
      }
      case 'skipped': {
        const index = open.indexOf(event.data.index);
        return store.skipPage(crawl.id, index, event.data.reason).then(() => this.settle(index, 'skipped'));
      }
      case 'found': {
        const { pages } = event.data;
        return store.addPages(crawl.id, pages).then(() => {
          this.plan.find(pages);
          this.parts.onProgress();
        });
      }
      case 'paused':
        void this.askWhetherToGoOn(event.data.message, open);
        return null;
      default:
        return null;
    }
  }

  private async askWhetherToGoOn(message: string, open: OpenCrawl): Promise<void> {
    const { crawl, decideFailing, logger } = this.parts;
    try {
      const decision = await decideFailing(crawl, message);
      if (decision === 'go-on') open.unpause();
      else this.stop(decision);
    } catch (error) {
      logger.error(`nobody decided about the failing crawl: ${String(error)}`);
    }
  }

  private settle(index: number, settlement: Settlement): void {
    this.plan.settle(index, settlement);
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
