import type { CrawlRequest, ServerError, ServerMessageOf } from '../protocol/messages';
import type { Batch } from './batchQueue';
import type { ClientError } from './clientError';
import type { CrawlAccount } from './crawlAccount';
import type { CrawlTransport } from './crawlConnection';
import type { UrlRules } from './urlCheck';

/** What is known of the server at the other end of a connection. */
export interface ServerTraits {
  /** An HTTP server does not say which it has; by the fewer ones nothing is left out that it would take. */
  rules: UrlRules;
  extensions: readonly string[];
  /** In one request. */
  maxUrls: number;
}

/** What a crawl asks for, and what the answers mean to it: a list goes batch by batch, a site grows. */
export interface CrawlTask {
  readonly account: CrawlAccount;
  /** Whether a request is through only once the server says so; else with the last of its results. */
  readonly endsBySummary: boolean;
  /** Requests in a row that may come to nothing before one asks for half. */
  readonly maxFruitless: number;
  /** Why this server can do nothing of it. */
  objectionTo(server: ServerTraits): ClientError | undefined;
  /** What of a batch is to be asked for now; the rest has its outcome, or is put back. */
  choose(batch: Batch, server: ServerTraits): Batch;
  request(batch: Batch, server: ServerTraits): CrawlRequest | Promise<CrawlRequest>;
  /** Takes note that the server has refused to crawl a batch. @throws {ClientError} when that is final. */
  refuse(batch: Batch, error: ServerError): void;
  /**
   * Books what the server has found.
   *
   * @param indexes of the pages of the request, by the server's numbers; those of new pages are added.
   * @throws {ProtocolError}
   */
  find(message: ServerMessageOf<'found'>, indexes: number[]): void;
  /** So long nothing was done, which is no part of the crawl's time. */
  excludeTime(durationMs: number): void;
  /** The transport to try in the place of one that the server lacks. */
  fallBack(missing: CrawlTransport, error: ClientError): CrawlTransport | undefined;
  /** What to tell of an error that ends the crawl. */
  explain(error: ClientError): ClientError;
}
