import type { Logger } from '../base/logger';
import type { ClientMetricsCounter } from './clientMetrics';
import type { CrawlConnection, CrawlListener } from './crawlConnection';

export interface CrawlLaneSettings {
  url: string;
  takesRawResults: boolean;
  responseTimeoutMs: number;
  idleTimeoutMs: number;
  maxRetries: number;
  /** From 0 to below 1. */
  random: () => number;
  logger: Logger;
  metrics: ClientMetricsCounter;
  /**
   * @param wantsOwn Whether no other crawl is to share the connection.
   * @throws {ClientError} `closed`.
   */
  connect: (listener: CrawlListener, wantsOwn: boolean) => CrawlConnection;
  /** The server takes our requests. */
  onLetIn: () => void;
}
