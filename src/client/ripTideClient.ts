import { Emitter, type Event } from '../base/emitter';
import type { Logger } from '../base/logger';
import { maxMessageBytes, maxUrlsPerCrawl } from '../protocol/limits';
import type { CrawlOptions, ResultEncoding, SiteOptions, Status, Validators } from '../protocol/messages';
import { answerFormats } from './answerReader';
import { BatchQueue } from './batchQueue';
import { ClientError, clientClosed } from './clientError';
import { Connection, type ConnectionListener, type ConnectionSettings } from './connection';
import type { ConnectionState, Control, PingReply } from './control';
import { ControlConnection } from './controlConnection';
import { ClientMetricsCounter, type ClientMetrics } from './clientMetrics';
import { CrawlAccount } from './crawlAccount';
import type { CrawlConnection, CrawlListener, CrawlTransport } from './crawlConnection';
import type { Crawl, CrawlEvent } from './crawlEvent';
import type { CrawlHooks, EventHooks, SiteCrawlHooks } from './crawlHooks';
import { CrawlSockets } from './crawlSockets';
import { CrawlStream, type CrawlStreamSettings } from './crawlStream';
import { HealthControl } from './healthControl';
import { HttpConnection, type HttpConnectionSettings } from './httpConnection';
import type { Latency } from './latencyWindow';
import { ListTask } from './listTask';
import { checkNetwork, type Network } from './network';
import { requestHeaders, type Authentication } from './requestHeaders';
import { httpBaseUrl, socketUrl } from './serverAddress';
import type { RunningCrawl } from './eventStream';
import { SiteAccount } from './siteAccount';
import type { SiteCrawl, SiteCrawlEvent } from './siteCrawlEvent';
import { SiteTask } from './siteTask';
import { TransportChoice } from './transportChoice';

export interface RipTideClientOptions {
  /** http, https, ws or wss; a path is kept as the base of the endpoint. */
  address: string;
  /** Sent as `authentication` says. */
  apiKey?: string | undefined;
  /** Default `apiKey`: as `X-API-Key`; or `bearer`: as `Authorization: Bearer`. */
  authentication?: Authentication | undefined;
  /** Sent with every request besides. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The proxy and the certificates. Default: no proxy, and certificates that Node trusts. */
  network?: Network | undefined;
  /**
   * How URLs are crawled. Default `auto`: by WebSocket; where the server has none, by NDJSON; where it has neither, by
   * plain requests. What it turned out to have is remembered.
   */
  transport?: 'auto' | CrawlTransport | undefined;
  /** For the connection to open. Default 10,000. */
  connectTimeoutMs?: number | undefined;
  /** From then for the welcome to come. Default 10,000. */
  welcomeTimeoutMs?: number | undefined;
  /** For the first answer to each request. Default 10,000. */
  responseTimeoutMs?: number | undefined;
  /**
   * Without a single byte in the middle of a crawl. Default 150,000. On a 1.0 server it counts as 60,000 at least,
   * since 40 s of silence are normal there.
   */
  idleTimeoutMs?: number | undefined;
  /** Default 10 MiB. */
  maxMessageBytes?: number | undefined;
  /**
   * Of results over a WebSocket, where the server has it. Default `json`; `messagepack` is faster to decode for large
   * pages alone, and has no effect on raw results, which are cheaper still.
   */
  encoding?: ResultEncoding | undefined;
  /** Tries in a row without a result before a crawl ends, beyond the first. Default 5. */
  maxRetries?: number | undefined;
  /** Connections at once of one crawl of more than 100 URLs. Default 2. */
  maxConnectionsPerCrawl?: number | undefined;
  /** Source of the jitter between tries, from 0 to below 1. Default `Math.random`. */
  random?: (() => number) | undefined;
  logger?: Logger | undefined;
  /** Where to count. Clients that are given the same one count together. */
  metrics?: ClientMetricsCounter | undefined;
  /** By address, what `auto` has found servers to have. Clients that are given the same one find it out once. */
  knownTransports?: Map<string, CrawlTransport> | undefined;
  /** Called once, when the server takes what this client sends: the key is right. */
  onLetIn?: (() => void) | undefined;
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
  private readonly counted: ClientMetricsCounter;
  private readonly httpSettings: HttpConnectionSettings;
  private readonly transports: TransportChoice;
  private readonly connectionChanges = new Emitter<ConnectionState>();
  private readonly readingChanges = new Emitter<void>();
  private control: Control;
  private health: HealthControl | undefined;
  private readonly connections = new Set<Connection | HttpConnection>();
  private readonly sockets: CrawlSockets;
  private readonly crawls = new Set<RunningCrawl>();
  private isClosed = false;
  private isLetIn = false;

  /** @throws {ClientError} `bad-address`, `bad-header`, `proxy`; `unauthorized` for a key that no HTTP header can carry. */
  constructor(options: RipTideClientOptions) {
    this.options = options;
    this.counted = options.metrics ?? new ClientMetricsCounter();
    this.responseTimeoutMs = options.responseTimeoutMs ?? 10_000;
    this.connectionSettings = {
      url: socketUrl(options.address),
      headers: requestHeaders(options),
      network: checkNetwork(options.network ?? {}),
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      welcomeTimeoutMs: options.welcomeTimeoutMs ?? 10_000,
      maxMessageBytes: options.maxMessageBytes ?? maxMessageBytes,
      encoding: options.encoding ?? 'json',
      logger: options.logger ?? silentLogger,
      metrics: this.counted,
    };
    this.sockets = new CrawlSockets((listener) => this.dial(listener), this.connectionSettings.encoding);
    this.httpSettings = { ...this.connectionSettings, baseUrl: httpBaseUrl(options.address) };
    this.transports = new TransportChoice(
      options.transport ?? 'auto',
      options.knownTransports ?? new Map<string, CrawlTransport>(),
      this.connectionSettings.url,
    );
    this.control = this.newControl(this.transports.current);
  }

  /**
   * Crawls a list of any length, and loses no page: a connection that fails, falls silent or keeps results back is
   * replaced, and what is outstanding is asked for again. Starts with the first `next()` and is read once; what
   * arrives is queued, so a slow loop slows the reading only when megabytes are unread (`isReadingPaused`). `index` is
   * the position in `urls`; the order is that of completion.
   *
   * @throws {ClientError} from the iteration, after the events before it, when the crawl had to end with URLs
   * outstanding; which ones they are the crawl still tells.
   */
  crawl(urls: readonly string[], options: CrawlOptions | null = null, hooks: CrawlHooks = {}): Crawl {
    const { validators = new Map<number, Validators>() } = hooks;
    const { transports } = this;
    return new CrawlStream<CrawlEvent>({
      ...this.streamSettings(urls, hooks),
      maxConnections: this.options.maxConnectionsPerCrawl ?? 2,
      connect: (listener, wantsOwn) => this.connectCrawl(listener, wantsOwn),
      openTask: (emit) => {
        const batches = new BatchQueue(urls.length, maxUrlsPerCrawl);
        const account = new CrawlAccount(urls, batches, this.counted, emit);
        return new ListTask({ options, validators, transports }, account);
      },
    });
  }

  /**
   * Crawls the seeds and what they link to, as far as `site` says. As {@link crawl} otherwise: a page is part of the
   * crawl from the `found` event on that names it, so that what is asked for grows, and none of them is lost. It takes
   * one WebSocket, and a server that announces `site-crawls`, as the built-in engine does.
   *
   * @throws {ClientError} from the iteration, as {@link crawl}; `site-crawl-unsupported` for any other server.
   */
  crawlSite(seeds: readonly string[], site: SiteOptions, hooks: SiteCrawlHooks = {}): SiteCrawl {
    const { checkpoint } = hooks;
    const { url } = this.connectionSettings;
    return new CrawlStream<SiteCrawlEvent>({
      ...this.streamSettings(seeds, hooks),
      maxConnections: 1,
      connect: (listener, wantsOwn) => this.sockets.open(listener, wantsOwn),
      openTask: (emit) => {
        const account = new SiteAccount(seeds, checkpoint, this.counted, emit);
        return new SiteTask({ url, seeds, site, isResumed: checkpoint !== undefined }, account);
      },
    });
  }

  /**
   * Where crawls use no WebSocket, the round trip is that of `GET /healthz`, and the session has no id.
   *
   * @throws {ClientError}
   */
  ping(): Promise<PingReply> {
    return this.ask((control) => control.ping());
  }

  /**
   * What the server knows of the connection that asks, which is no crawl's. The request would wedge a 1.0 server, so of
   * that, and where crawls use no WebSocket, it is what the client itself knows.
   *
   * @throws {ClientError}
   */
  status(): Promise<Status> {
    return this.ask((control) => control.status());
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
    return this.connectionChanges.event;
  }

  /** A crawl is not read for now, since its results are not taken as fast as they come. */
  get isReadingPaused(): boolean {
    return [...this.crawls].some((crawl) => crawl.isReadingPaused);
  }

  get onDidChangeReading(): Event<void> {
    return this.readingChanges.event;
  }

  /** What was counted so far. */
  get metrics(): ClientMetrics {
    return this.counted.snapshot();
  }

  /** Ends everything under way with a ClientError `closed`; resolves when no socket or timer is left. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.control.close();
    for (const crawl of this.crawls) crawl.fail(clientClosed());
    const connections = [...this.connections];
    for (const connection of connections) connection.fail(clientClosed());
    await Promise.all([...connections.map(({ closed }) => closed), this.health?.closed]);
    this.connectionChanges.dispose();
    this.readingChanges.dispose();
  }

  /** What crawls of both kinds have in common. */
  private streamSettings<Event>(
    urls: readonly string[],
    { signal, onEvent, takesRawResults = false }: EventHooks<Event>,
  ): Omit<CrawlStreamSettings<Event>, 'maxConnections' | 'connect' | 'openTask'> {
    const { idleTimeoutMs = 150_000, maxRetries = 5, random = Math.random } = this.options;
    const { url, logger } = this.connectionSettings;
    const { responseTimeoutMs, counted: metrics, crawls: running } = this;
    return {
      ...{ url, urls, signal, onEvent, takesRawResults, running, logger, metrics, random },
      ...{ responseTimeoutMs, idleTimeoutMs, maxRetries },
      onReadingChange: () => this.readingChanges.fire(),
    };
  }

  private async ask<Reply>(question: (control: Control) => Promise<Reply>): Promise<Reply> {
    const { control } = this;
    try {
      return await question(control);
    } catch (error) {
      const isMissing = error instanceof ClientError && error.reason === 'no-websocket';
      if (!isMissing || !this.transports.isAuto || this.isClosed) throw error;
      return await this.askByHttp(question, control, error);
    }
  }

  /** Stays with HTTP once that has answered. */
  private async askByHttp<Reply>(
    question: (control: Control) => Promise<Reply>,
    former: Control,
    error: ClientError,
  ): Promise<Reply> {
    const health = this.control === former ? (this.control = this.newControl('http')) : this.control;
    try {
      const reply = await question(health);
      former.close();
      return reply;
    } catch {
      if (this.isClosed) throw clientClosed();
      health.close();
      this.control = former;
      this.connectionChanges.fire(former.state);
      throw error;
    }
  }

  private newControl(transport: CrawlTransport): Control {
    const { logger, url } = this.connectionSettings;
    const { responseTimeoutMs } = this;
    const control: Control =
      transport === 'websocket'
        ? new ControlConnection({
            url,
            responseTimeoutMs,
            metrics: this.counted,
            logger,
            connect: (listener) => this.connect(listener),
          })
        : (this.health = new HealthControl({ ...this.httpSettings, responseTimeoutMs }));
    control.onDidChange((state) => {
      // One that was replaced has nothing more to tell.
      if (control === this.control) this.connectionChanges.fire(state);
    });
    return control;
  }

  private connectCrawl(listener: CrawlListener, wantsOwn: boolean): CrawlConnection {
    const { current } = this.transports;
    if (current === 'websocket') return this.sockets.open(listener, wantsOwn);
    if (this.isClosed) throw clientClosed();
    const onMessage: CrawlListener['onMessage'] = (message, byteCount) => {
      if (message.message_type !== 'error') this.letIn();
      listener.onMessage(message, byteCount);
    };
    return this.keep(
      new HttpConnection(this.httpSettings, answerFormats[current], { ...listener, onMessage }),
    );
  }

  private letIn(): void {
    if (this.isLetIn) return;
    this.isLetIn = true;
    this.options.onLetIn?.();
  }

  /** A socket for crawls. */
  private dial(listener: ConnectionListener): Connection {
    const onOpen: ConnectionListener['onOpen'] = (session, welcome) => {
      this.letIn();
      listener.onOpen(session, welcome);
    };
    return this.connect({ ...listener, onOpen });
  }

  private connect(listener: ConnectionListener): Connection {
    if (this.isClosed) throw clientClosed();
    return this.keep(new Connection(this.connectionSettings, listener));
  }

  private keep<Kept extends Connection | HttpConnection>(connection: Kept): Kept {
    this.connections.add(connection);
    void connection.closed.then(() => this.connections.delete(connection));
    return connection;
  }
}
