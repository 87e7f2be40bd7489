import {
  siteCrawlsExtension,
  type CrawlRequest,
  type ServerError,
  type ServerMessageOf,
  type SiteOptions,
} from '../protocol/messages';
import type { Batch } from './batchQueue';
import { ClientError, refusedByServer } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { CrawlTask, ServerTraits } from './crawlTask';
import type { SiteAccount } from './siteAccount';

export interface SiteTaskSettings {
  url: string;
  seeds: readonly string[];
  site: SiteOptions;
  isResumed: boolean;
}

/** A site, asked for as a whole, by WebSocket alone; in parts only while a page is looked for that breaks the connection. */
export class SiteTask implements CrawlTask {
  /** Pages may be found, or turn out to be left out, behind the last result. */
  readonly endsBySummary = true;
  /** Parts are crawled one after the other, so that a single failure is not yet worth it. */
  readonly maxFruitless = 1;
  private readonly settings: SiteTaskSettings;
  private readonly site: SiteAccount;
  private isAsked: boolean;

  constructor(settings: SiteTaskSettings, site: SiteAccount) {
    this.settings = settings;
    this.site = site;
    this.isAsked = settings.isResumed;
  }

  get account(): CrawlAccount {
    return this.site.pages;
  }

  objectionTo({ extensions }: ServerTraits): ClientError | undefined {
    return extensions.includes(siteCrawlsExtension) ? undefined : this.unsupported();
  }

  choose(batch: Batch): Batch {
    return batch;
  }

  async request(batch: Batch): Promise<CrawlRequest> {
    const { seeds, site } = this.settings;
    const resumed = this.isAsked ? await this.site.resumed(batch) : null;
    this.isAsked = true;
    return { urls: [...seeds], site: { ...site, resumed } };
  }

  refuse(_batch: Batch, error: ServerError): void {
    throw refusedByServer(this.settings.url, error);
  }

  find(message: ServerMessageOf<'found'>, indexes: number[]): void {
    this.site.find(message, indexes);
  }

  excludeTime(durationMs: number): void {
    this.site.excludeTime(durationMs);
  }

  fallBack(): undefined {
    return undefined;
  }

  explain(error: ClientError): ClientError {
    return error.reason === 'no-websocket' ? this.unsupported(error) : error;
  }

  private unsupported(cause?: ClientError): ClientError {
    const text = `${this.settings.url} cannot crawl whole sites: it takes lists of URLs alone.`;
    return new ClientError('site-crawl-unsupported', `${text} Use the built-in engine for it.`, { cause });
  }
}
