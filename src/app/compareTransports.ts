import { ClientError } from '../client/clientError';
import { crawlTransports, type CrawlTransport } from '../client/crawlConnection';
import type { RipTideClient } from '../client/ripTideClient';
import type { ComparedPages } from './comparedPages';

export interface TransportSource {
  /** Runs `work` with a client that crawls by `transport`, and counts for itself. */
  withTransport(
    transport: CrawlTransport,
    signal: AbortSignal,
    work: (client: RipTideClient) => Promise<void>,
  ): Promise<void>;
}

/** One crawl of all URLs by one transport. */
export interface TransportRun {
  /** From the start of connecting; null when there was none. */
  firstResultMs: number | null;
  totalMs: number;
  /** From the server, after the handshake. */
  bytes: number;
  messages: number;
  succeeded: number;
  /** Or skipped. */
  failed: number;
}

export interface TransportFigures {
  transport: CrawlTransport;
  /** In the order in which they ran. */
  runs: TransportRun[];
  /** Why there were no more runs. */
  failure: { reason: string; message: string } | null;
}

export interface Comparison {
  urls: number;
  rounds: number;
  transports: TransportFigures[];
}

export interface ComparisonOptions {
  pages: ComparedPages;
  rounds: number;
  signal: AbortSignal;
  /** A crawl begins; `done` of `total` are over. */
  onProgress: (progress: { transport: CrawlTransport; round: number; done: number; total: number }) => void;
}

/**
 * Crawls the same URLs by each transport, round by round, so that what changes with time changes for all of them.
 * Each round begins with another one, so that none profits from what the others had fetched right before.
 *
 * @throws what `signal` was aborted with.
 */
export async function compareTransports(
  source: TransportSource,
  { pages, rounds, signal, onProgress }: ComparisonOptions,
): Promise<Comparison> {
  const figures = crawlTransports.map((transport): TransportFigures => ({
    transport,
    runs: [],
    failure: null,
  }));
  const total = rounds * figures.length;
  for (let round = 0, done = 0; round < rounds; round += 1) {
    const first = round % figures.length;
    for (const each of [...figures.slice(first), ...figures.slice(0, first)]) {
      signal.throwIfAborted();
      onProgress({ transport: each.transport, round: round + 1, done, total });
      // What a server lacks it still lacks in the next round.
      if (each.failure === null) await measure(source, each, pages, signal);
      done += 1;
    }
  }
  return { urls: pages.urls.length, rounds, transports: figures };
}

async function measure(
  source: TransportSource,
  figures: TransportFigures,
  pages: ComparedPages,
  signal: AbortSignal,
): Promise<void> {
  try {
    await source.withTransport(figures.transport, signal, async (client) => {
      figures.runs.push(await crawlOnce(client, pages, signal));
    });
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    figures.failure = { reason: error instanceof ClientError ? error.reason : 'failed', message };
  }
}

async function crawlOnce(
  client: RipTideClient,
  { urls, isPublicOnly }: ComparedPages,
  signal: AbortSignal,
): Promise<TransportRun> {
  const startedAtMs = performance.now();
  let firstResultMs: number | null = null;
  const crawl = client.crawl(urls, isPublicOnly ? { public_only: true } : null, { signal });
  for await (const { message_type } of crawl) {
    if (message_type === 'result') firstResultMs ??= performance.now() - startedAtMs;
    // The same for each transport, and only WebSocket asks.
    else if (message_type === 'paused') crawl.unpause();
  }
  const totalMs = performance.now() - startedAtMs;
  const { bytes, messages } = client.metrics;
  const { succeeded, failed, skipped } = crawl.counts;
  return { firstResultMs, totalMs, bytes, messages, succeeded, failed: failed + skipped };
}

/** The middle of the values; of an even number, the lower of the two. Undefined without any. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
}
