import { validateHeaderValue } from 'node:http';
import type { Event } from '../base/emitter';
import type { Logger } from '../base/logger';
import { maxMessageBytes } from '../protocol/limits';
import type { CrawlOptions, Status } from '../protocol/messages';
import { ClientError, clientClosed } from './clientError';
import { Connection, type ConnectionListener, type ConnectionSettings } from './connection';
import { ControlConnection, type ConnectionState, type PingReply } from './controlConnection';
import { CrawlStream, type CrawlMessage } from './crawlStream';
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
  /** Without a single byte in the middle of a crawl. Default 120,000: 40 s of silence are normal on a 1.0 server. */
  idleTimeoutMs?: number | undefined;
  /** Default 10 MiB. */
  maxMessageBytes?: number | undefined;
  logger?: Logger | undefined;
}

export interface CrawlHooks {
  /** Aborting ends the crawl with a ClientError `cancelled`. */
  signal?: AbortSignal | undefined;
  /** Called on receipt, before the iteration gets the message; must not block. What it throws is only logged. */
  onMessage?: ((message: CrawlMessage) => void) | undefined;
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
  private readonly responseTimeoutMs: number;
  private readonly idleTimeoutMs: number;
  private readonly control: ControlConnection;
  private readonly connections = new Set<Connection>();
  private receivedCount = 0;
  private isClosed = false;

  /** @throws {ClientError} `bad-address`; `unauthorized` for a key that no HTTP header can carry. */
  constructor(options: RipTideClientOptions) {
    this.responseTimeoutMs = options.responseTimeoutMs ?? 10_000;
    this.idleTimeoutMs = options.idleTimeoutMs ?? 120_000;
    this.connectionSettings = {
      url: socketUrl(options.address),
      headers: keyHeaders(options.apiKey),
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      welcomeTimeoutMs: options.welcomeTimeoutMs ?? 10_000,
      maxMessageBytes: options.maxMessageBytes ?? maxMessageBytes,
      logger: options.logger ?? silentLogger,
      onReceive: () => (this.receivedCount += 1),
    };
    this.control = new ControlConnection({
      url: this.connectionSettings.url,
      responseTimeoutMs: this.responseTimeoutMs,
      logger: this.connectionSettings.logger,
      connect: (listener) => this.connect(listener),
    });
  }

  /**
   * Crawls a list of any length. Starts with the first `next()` and is read once; what arrives is queued, so a slow
   * loop never slows the reading. `index` of a result is the position in `urls`; results come as they complete.
   * The summary's figures are the server's: a caller that must know compares them with the indexes it got.
   *
   * @throws {ClientError} from the iteration, after the messages that arrived before it.
   */
  crawl(
    urls: readonly string[],
    options: CrawlOptions | null = null,
    hooks: CrawlHooks = {},
  ): AsyncIterableIterator<CrawlMessage, undefined> {
    return new CrawlStream({
      urls,
      options,
      signal: hooks.signal,
      onMessage: hooks.onMessage,
      url: this.connectionSettings.url,
      responseTimeoutMs: this.responseTimeoutMs,
      idleTimeoutMs: this.idleTimeoutMs,
      logger: this.connectionSettings.logger,
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

  /** Messages of the server over all connections of this client. */
  get messagesReceived(): number {
    return this.receivedCount;
  }

  /** Ends everything under way with a ClientError `closed`; resolves when no socket or timer is left. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.control.close();
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
