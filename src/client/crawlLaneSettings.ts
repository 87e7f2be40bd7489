import type { Logger } from '../base/logger';
import type { CrawlOptions, Validators } from '../protocol/messages';
import type { ClientMetricsCounter } from './clientMetrics';
import type { CrawlConnection, CrawlListener } from './crawlConnection';
import type { PausedEvent, ReconnectingEvent } from './crawlEvent';
import type { TransportChoice } from './transportChoice';

export interface CrawlLaneSettings {
  url: string;
  options: CrawlOptions | null;
  takesRawResults: boolean;
  /** By index. */
  validators: ReadonlyMap<number, Validators>;
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
  transports: TransportChoice;
  /** The server takes our requests. */
  onLetIn: () => void;
  onReconnecting: (event: ReconnectingEvent['data']) => void;
  /** The server holds of its own accord. */
  onPaused: (event: PausedEvent) => void;
}
