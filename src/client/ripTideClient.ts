import { validateHeaderValue } from 'node:http';
import type { Event } from '../base/emitter';
import type { Logger } from '../base/logger';
import { maxMessageBytes } from '../protocol/limits';
import type { CrawlOptions, Status } from '../protocol/messages';
import { ClientError, clientClosed } from './clientError';
import { Connection, type ConnectionListener, type ConnectionSettings } from './connection';
import { ControlConnection, type ConnectionState, type PingReply } from './controlConnection';
import { newClientMetrics, type ClientMetrics } from './clientMetrics';
import type { Crawl, CrawlEvent } from './crawlEvent';
import { CrawlStream } from './crawlStream';
import type { Latency } from './latencyWindow';
import { socketUrl } from './serverAddress';

export interface RipTideClientOptions {
  /** http, https, ws or wss; a path is kept as the base of the endpoint. */
  address: string;
  /** Sent as `X-API-Key`. */
  apiKey?: string | undefined;
  /** For the WebSocket to open. Default 10,000. */
  connectTimeoutMs?: number | undefined;
  /** From then for the welcome to come. Default 10,000. */
  welcomeTimeoutMs?: number | undefined;
  /** For the first answer to each request. Default 10,000. */
  responseTimeoutMs?: number | undefined;
  /**
   * Without a single byte in the middle of a crawl. Default 120,000. On a 1.0 server it counts as 60,000 at least,
   * since 40 s of silence are normal there.
   */
  idleTimeoutMs?: number | undefined;
  /** Default 10 MiB. */
  maxMessageBytes?: number | undefined;
  /** Tries in a row without a result before a crawl ends, beyond the first. Default 5. */
  maxRetries?: number | undefined;
  /** Connections at once of one crawl of more than 100 URLs. Default 2. */
  maxConnectionsPerCrawl?: number | undefined;
  /** Source of the jitter between tries, from 0 to below 1. Default `Math.random`. */
  random?: (() => number) | undefined;
  logger?: Logger | undefined;
}

export interface CrawlHooks {
  /** Aborting ends the crawl with a ClientError `cancelled`. */
  signal?: AbortSignal | undefined;
  /** Called as it happens, before the iteration gets the event; must not block. What it throws is only logged. */
  onEvent?: ((event: CrawlEvent) => void) | undefined;
}

const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A client of one RipTide server. */
export class RipTideClient {
  private readonly connectionSettings: ConnectionSettings;
  private readonly options: RipTideClientOptions;
  private readonly responseTimeoutMs: number;
  private readonly counted = newClientMetrics();
  private readonly control: ControlConnection;
  private readonly connections = new Set<Connection>();
  private readonly crawls = new Set<CrawlStream>();
  private isClosed = false;

  /** @throws {ClientError} `bad-address`; `unauthorized` for a key that no HTTP header can carry. */
  constructor(options: RipTideClientOptions) {
    this.options = options;
    this.responseTimeoutMs = options.responseTimeoutMs ?? 10_000;
    this.connectionSettings = {
      url: socketUrl(options.address),
      headers: keyHeaders(options.apiKey),
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      welcomeTimeoutMs: options.welcomeTimeoutMs ?? 10_000,
      maxMessageBytes: options.maxMessageBytes ?? maxMessageBytes,
      logger: options.logger ?? silentLogger,
      metrics: this.counted,
    };
    this.control = new ControlConnection({
      url: this.connectionSettings.url,
      responseTimeoutMs: this.responseTimeoutMs,
      logger: this.connectionSettings.logger,
      connect: (listener) => this.connect(listener),
    });
  }

  /**
   * Crawls a list of any length, and loses no page: a connection that fails, falls silent or keeps results back is
   * replaced, and what is outstanding is asked for again. Starts with the first `next()` and is read once; what
   * arrives is queued, so a slow loop never slows the reading. `index` is the position in `urls`; the order is that of
   * completion.
   *
   * @throws {ClientError} from the iteration, after the events before it, when the crawl had to end with URLs
   * outstanding; which ones they are the crawl still tells.
   */
  crawl(urls: readonly string[], options: CrawlOptions | null = null, hooks: CrawlHooks = {}): Crawl {
    return new CrawlStream({
      urls,
      options,
      signal: hooks.signal,
      onEvent: hooks.onEvent,
      running: this.crawls,
      url: this.connectionSettings.url,
      responseTimeoutMs: this.responseTimeoutMs,
      idleTimeoutMs: this.options.idleTimeoutMs ?? 120_000,
      maxRetries: this.options.maxRetries ?? 5,
      maxConnections: this.options.maxConnectionsPerCrawl ?? 2,
      random: this.options.random ?? Math.random,
      logger: this.connectionSettings.logger,
      metrics: this.counted,
      connect: (listener) => this.connect(listener),
    });
  }

  /** @throws {ClientError} */
  ping(): Promise<PingReply> {
    return this.control.ping();
  }

  /**
   * What the server knows of the connection that asks, which is no crawl's. It costs a 1.0 server that connection.
   *
   * @throws {ClientError}
   */
  status(): Promise<Status> {
    return this.control.status();
  }

  /** Round trips of the last pings. */
  get latency(): Latency {
    return this.control.latency;
  }

  /** State of the connection that `ping` and `status` share. */
  get connection(): ConnectionState {
    return this.control.state;
  }

  get onDidChangeConnection(): Event<ConnectionState> {
    return this.control.onDidChange;
  }

  /** What was counted so far; a copy. */
  get metrics(): ClientMetrics {
    return { ...this.counted };
  }

  /** Messages of the server over all connections of this client. */
  get messagesReceived(): number {
    return this.counted.messages;
  }

  /** Ends everything under way with a ClientError `closed`; resolves when no socket or timer is left. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.control.close();
    for (const crawl of this.crawls) crawl.fail(clientClosed());
    const connections = [...this.connections];
    for (const connection of connections) connection.fail(clientClosed());
    await Promise.all(connections.map((connection) => connection.closed));
  }

  private connect(listener: ConnectionListener): Connection {
    if (this.isClosed) throw clientClosed();
    const connection = new Connection(this.connectionSettings, listener);
    this.connections.add(connection);
    void connection.closed.then(() => this.connections.delete(connection));
    return connection;
  }
}

function keyHeaders(apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined || apiKey === '') return {};
  try {
    validateHeaderValue('X-API-Key', apiKey);
  } catch {
    // Without the cause: what it says of the key is not ours to promise.
    throw new ClientError(
      'unauthorized',
      'The API key holds a character that cannot be sent. Set the API key again.',
    );
  }
  return { 'X-API-Key': apiKey };
}
