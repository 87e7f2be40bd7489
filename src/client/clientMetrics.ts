/** Counted over the life of a client, all its connections together. */
export interface ClientMetrics {
  /** Decoded messages of the server. */
  readonly messages: number;
  /** Bytes from the server after the handshake, frames and keepalive included. */
  readonly bytes: number;
  /** Connections opened in place of one that failed a crawl. */
  readonly reconnects: number;
  /** URLs asked for again, since no outcome had come. */
  readonly resentUrls: number;
  /** Results that came only on such a second asking. */
  readonly recoveredResults: number;
  /** Results that came twice or late, and were ignored. */
  readonly ignoredResults: number;
}

export type ClientMetricsCounter = { -readonly [Name in keyof ClientMetrics]: number };

export function newClientMetrics(): ClientMetricsCounter {
  return { messages: 0, bytes: 0, reconnects: 0, resentUrls: 0, recoveredResults: 0, ignoredResults: 0 };
}
