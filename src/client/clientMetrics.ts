import { DepthGauge } from './depthGauge';
import { Durations, type Distribution } from './durations';

/** Counted over the life of a client, all its connections together; or of all clients that count into the same. */
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
  /** Events of crawls that their readers have not taken yet. */
  readonly unreadEvents: number;
  /** The most that these have been. */
  readonly mostUnreadEvents: number;
  /** Of one message. */
  readonly decode: Distribution;
  /** From the start of connecting to the welcome, of each WebSocket. */
  readonly connect: Distribution;
  /** From `crawl()` to its first result, of each crawl. */
  readonly firstResult: Distribution;
  /** Round trips of pings; those of the last ones are the client's `latency`. */
  readonly ping: Distribution;
  /** Pings that got no answer. */
  readonly lostPings: number;
}

/** What {@link ClientMetrics} are counted in. */
export class ClientMetricsCounter {
  messages = 0;
  bytes = 0;
  reconnects = 0;
  resentUrls = 0;
  recoveredResults = 0;
  ignoredResults = 0;
  lostPings = 0;
  readonly unread = new DepthGauge();
  readonly decode = new Durations();
  readonly connect = new Durations();
  readonly firstResult = new Durations();
  readonly ping = new Durations();

  snapshot(): ClientMetrics {
    return {
      messages: this.messages,
      bytes: this.bytes,
      reconnects: this.reconnects,
      resentUrls: this.resentUrls,
      recoveredResults: this.recoveredResults,
      ignoredResults: this.ignoredResults,
      unreadEvents: this.unread.current,
      mostUnreadEvents: this.unread.peak,
      decode: this.decode.snapshot(),
      connect: this.connect.snapshot(),
      firstResult: this.firstResult.snapshot(),
      ping: this.ping.snapshot(),
      lostPings: this.lostPings,
    };
  }
}
