import type { Logger } from '../base/logger';
import { ClientError, type ClientErrorReason } from '../client/clientError';
import type { Settlement } from '../client/ledger';
import type { RipTideClient } from '../client/ripTideClient';
import type { SiteCrawlEvent } from '../client/siteCrawlEvent';
import type { CrawlResult } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CrawlRecord, CrawlState } from '../store/records';
import type { CrawlPlan, OpenCrawl } from './crawlPlan';
import { EngineError } from './engineProcess';
import { Unstored } from './unstored';

/** Servers in a row that went away without delivering a page. */
const maxLostServers = 3;

export interface CrawlSource {
  /** Shown with the crawl: the server's address, or `built-in`. */
  readonly name: string;
  /** Of the built-in engine. */
  readonly version?: string | undefined;
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

/** A crawl whose server takes nothing for now, or is not there. */
export interface Wait {
  /** When it is tried again, in epoch milliseconds. */
  untilMs: number;
  reason: ClientErrorReason;
}

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
  private currentWait: Wait | null = null;
  private readonly unstored = new Unstored();

  constructor(parts: CrawlRunOptions) {
    this.parts = parts;
    this.plan = parts.plan;
  }

  /** Over the whole crawl; `done` counts what is on disk. */
  get progress(): { done: number; total: number } {
    const { asked: total, outstanding } = this.plan;
    return { done: total - outstanding, total };
  }

  /** Null while something comes. */
  get wait(): Wait | null {
    return this.currentWait;
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
          this.noteWait(event);
          this.store(event, open);
          if (this.unstored.isFull) await this.unstored.room();
          if (this.unstored.failure !== null) break;
        }
      } finally {
        await this.unstored.drained();
      }
    });
    if (this.unstored.failure !== null) throw this.unstored.failure;
    signal.throwIfAborted();
  }

  /** Stores what an event says of a page, if it does. */
  private store(event: SiteCrawlEvent, open: OpenCrawl): void {
    const { store, crawl } = this.parts;
    switch (event.message_type) {
      case 'raw-result': {
        const { bytes } = event.data;
        const index = open.indexOf(event.data.index);
        const write = store.addRawResult(crawl.id, index, bytes);
        this.unstored.add(write, bytes.length, () => this.settle(index, 'succeeded'));
        return;
      }
      case 'result': {
        const index = open.indexOf(event.data.index);
        const { result } = event.data;
        const write = store.addResult(crawl.id, { ...event.data, index });
        const settlement = result.error === null ? 'succeeded' : 'failed';
        this.unstored.add(write, textBytes(result), () => this.settle(index, settlement));
        return;
      }
      case 'undeliverable': {
        const index = open.indexOf(event.data.index);
        const { progress } = event.data;
        const write = store.addResult(crawl.id, { index, result: undeliverable(event.data), progress });
        this.unstored.add(write, 0, () => this.settle(index, 'failed'));
        return;
      }
      case 'skipped': {
        const index = open.indexOf(event.data.index);
        const write = store.skipPage(crawl.id, index, event.data.reason);
        this.unstored.add(write, 0, () => this.settle(index, 'skipped'));
        return;
      }
      case 'found': {
        const { pages } = event.data;
        this.unstored.add(store.addPages(crawl.id, pages), 0, () => {
          this.plan.find(pages);
          this.parts.onProgress();
        });
        return;
      }
      case 'paused':
        void this.askWhetherToGoOn(event.data.message, open);
        return;
      default:
    }
  }

  private noteWait(event: SiteCrawlEvent): void {
    if (event.message_type === 'reconnecting') {
      const { delayMs, reason } = event.data;
      this.currentWait = { untilMs: Date.now() + delayMs, reason };
      this.parts.onProgress();
    } else {
      this.currentWait = null;
    }
  }

  private async askWhetherToGoOn(message: string, open: OpenCrawl): Promise<void> {
    const { store, crawl, decideFailing, logger } = this.parts;
    const askedAtMs = Date.now();
    try {
      const decision = await decideFailing(crawl, message);
      if (decision === 'go-on') {
        open.unpause();
        const waitedMs = Date.now() - askedAtMs;
        this.plan.excludeTime(waitedMs);
        await store.excludeTime(crawl.id, waitedMs);
      } else {
        this.stop(decision);
      }
    } catch (error) {
      logger.error(`nobody decided about the failing crawl: ${String(error)}`);
    }
  }

  private settle(index: number, settlement: Settlement): void {
    this.plan.settle(index, settlement);
    this.parts.onProgress();
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

/** Of the texts that make nearly all of a document, as JavaScript holds them. */
function textBytes({ document }: CrawlResult): number {
  if (document === null) return 0;
  const { text, markdown, html } = document;
  return 2 * (text.length + (markdown?.length ?? 0) + (html?.length ?? 0));
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
