import {
  conditionalRequestsExtension,
  type CrawlOptions,
  type CrawlRequest,
  type ServerError,
  type Validators,
} from '../protocol/messages';
import type { Batch } from './batchQueue';
import type { ClientError } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { CrawlTransport } from './crawlConnection';
import type { CrawlTask, ServerTraits } from './crawlTask';
import { isolateRefused, leaveOutRefused } from './refusedUrls';
import type { TransportChoice } from './transportChoice';

export interface ListTaskSettings {
  options: CrawlOptions | null;
  /** By index. */
  validators: ReadonlyMap<number, Validators>;
  transports: TransportChoice;
}

/** A list of URLs, asked for in batches by whatever transport the server has. */
export class ListTask implements CrawlTask {
  readonly account: CrawlAccount;
  /** A summary adds nothing: its totals are no proof, and a server may have dropped it (protocol 1.9). */
  readonly endsBySummary = false;
  /** One URL that breaks the server must not keep the others of its batch from being crawled. */
  readonly maxFruitless = 0;
  private readonly settings: ListTaskSettings;

  constructor(settings: ListTaskSettings, account: CrawlAccount) {
    this.settings = settings;
    this.account = account;
  }

  objectionTo(): undefined {
    return undefined;
  }

  choose(batch: Batch, { maxUrls, rules }: ServerTraits): Batch {
    const { batches } = this.account;
    if (batch.length <= maxUrls) return leaveOutRefused(this.account, batch, rules);
    batches.limitTo(maxUrls);
    batches.putBack(batch);
    return [];
  }

  request(batch: Batch, { extensions }: ServerTraits): CrawlRequest {
    const { options, validators } = this.settings;
    const known = batch.map((index) => validators.get(index) ?? null);
    const isConditional =
      extensions.includes(conditionalRequestsExtension) && known.some((item) => item !== null);
    return {
      urls: batch.map((index) => this.account.urlOf(index)),
      ...(options !== null && { options }),
      ...(isConditional && { validators: known }),
    };
  }

  refuse(batch: Batch, error: ServerError): void {
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0) {
      this.account.skip(only, `refused by the server: ${error.message.slice(0, 500)}`);
    } else {
      isolateRefused(this.account, batch);
    }
  }

  find(): void {
    // No page of a list is found.
  }

  excludeTime(): void {
    // The time of a list is not limited.
  }

  fallBack(missing: CrawlTransport, error: ClientError): CrawlTransport | undefined {
    const { transports } = this.settings;
    return transports.fallBack(missing, error) ? transports.current : undefined;
  }

  explain(error: ClientError): ClientError {
    return this.settings.transports.explain(error);
  }
}
