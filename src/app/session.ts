import { version } from '../../package.json';
import { Emitter, type Disposable } from '../base/emitter';
import type { Logger } from '../base/logger';
import { ClientError } from '../client/clientError';
import type { ConnectionState, PingReply } from '../client/control';
import { ClientMetricsCounter, type ClientMetrics } from '../client/clientMetrics';
import type { CrawlTransport } from '../client/crawlConnection';
import type { Latency } from '../client/latencyWindow';
import type { RipTideClient, RipTideClientOptions } from '../client/ripTideClient';
import type { Status } from '../protocol/messages';
import type { CrawlSource } from './crawlRun';
import type { EngineProcess, EngineState } from './engineProcess';

const pingIntervalMs = 30_000;

/** The first pings come faster, so that a median soon rests on more than what starting up had slowed. */
const firstPings = 5;
const firstPingIntervalMs = 2_000;

export type Server = { kind: 'built-in' } | { kind: 'remote'; address: string };

export type TransportSetting = NonNullable<RipTideClientOptions['transport']>;

/** How to speak to a server that is not the built-in engine. */
export type Access = Pick<RipTideClientOptions, 'authentication' | 'headers' | 'network'>;

export interface SessionSnapshot {
  server: Server;
  /** Of the built-in engine, whichever server is in use. */
  engine: EngineState;
  connection: ConnectionState;
  latency: Latency | null;
  /** Of all clients that this session has had. */
  metrics: ClientMetrics;
  /** Results come faster than they can be stored, so that a crawl is not read for now. */
  isReadingPaused: boolean;
  /** The server's own figures, from the last time they were asked for. */
  status: Status | null;
}

export interface SessionOptions {
  engine: EngineProcess;
  readServer: () => Server;
  readApiKey: (address: string) => Promise<string | undefined>;
  /** Default: the key as `X-API-Key`, and no proxy. */
  readAccess?: (address: string) => Access;
  maxMessageBytes: () => number;
  /** Default `auto`. */
  transport?: () => TransportSetting;
  logger: Logger;
}

/** The server in use: its latency, its state, and a client for each crawl. Connects when first asked to. */
export class Session implements CrawlSource, Disposable {
  private readonly options: SessionOptions;
  private readonly changed = new Emitter<void>();
  private readonly engineListener: Disposable;
  /** For pings and status; crawls have clients of their own, which a change of server leaves alone. */
  private control: Promise<RipTideClient> | null = null;
  private openControl: RipTideClient | null = null;
  private readonly crawling = new Map<RipTideClient, Server>();
  private readonly counted = new ClientMetricsCounter();
  /** Otherwise each crawl would find out anew what the server lacks. */
  private readonly knownTransports = new Map<string, CrawlTransport>();
  private pingTimer: NodeJS.Timeout | undefined;
  private lastStatus: Status | null = null;

  readonly onDidChange = this.changed.event;

  constructor(options: SessionOptions) {
    this.options = options;
    this.engineListener = options.engine.onDidChangeState((state) => {
      // A new engine has a new port and a new token.
      if (state.kind !== 'ready') this.leaveEngine();
      this.changed.fire();
    });
  }

  get server(): Server {
    return this.options.readServer();
  }

  get version(): string | undefined {
    return this.server.kind === 'built-in' ? version : undefined;
  }

  get name(): string {
    return this.server.kind === 'built-in' ? 'built-in' : this.server.address;
  }

  get snapshot(): SessionSnapshot {
    const control = this.openControl;
    return {
      server: this.server,
      engine: this.options.engine.state,
      connection: control?.connection ?? { kind: 'idle' },
      latency: control?.latency ?? null,
      metrics: this.counted.snapshot(),
      isReadingPaused: [...this.crawling.keys()].some((client) => client.isReadingPaused),
      status: this.lastStatus,
    };
  }

  /**
   * Runs `work` with a client of its own. The built-in engine is started if it does not run.
   *
   * @throws {EngineError} when the engine does not start. @throws {ClientError} `bad-address`. @throws what `signal`
   *   was aborted with, or what `work` throws.
   */
  async withClient(signal: AbortSignal, work: (client: RipTideClient) => Promise<void>): Promise<void> {
    const { server } = this;
    // The session opens only behind the crawl, so that a key that is refused is sent once.
    const client = await untilAborted(this.createClient(server, { onLetIn: () => this.follow() }), signal);
    this.crawling.set(client, server);
    client.onDidChangeReading(() => this.changed.fire());
    try {
      await work(client);
    } catch (error) {
      if (!isRefusedKey(error)) this.follow();
      throw error;
    } finally {
      this.crawling.delete(client);
      await client.close();
    }
  }

  /**
   * Runs `work` with a client that crawls by `transport` and counts for itself.
   *
   * @throws as {@link withClient}.
   */
  async withTransport(
    transport: CrawlTransport,
    signal: AbortSignal,
    work: (client: RipTideClient) => Promise<void>,
  ): Promise<void> {
    const metrics = new ClientMetricsCounter();
    const client = await untilAborted(this.createClient(this.server, { transport, metrics }), signal);
    try {
      await work(client);
    } finally {
      await client.close();
    }
  }

  /** Opens the session, so that its state and latency are known. @throws {EngineError} @throws {ClientError} */
  async connect(): Promise<void> {
    const isOpen = this.control !== null;
    const client = await this.controlClient();
    if (!isOpen) void this.measure(client);
  }

  /** @throws {ClientError} @throws {EngineError} */
  async ping(): Promise<PingReply> {
    const client = await this.controlClient();
    try {
      const reply = await client.ping();
      this.schedulePing(client, pingDelayMs(client));
      return reply;
    } catch (error) {
      this.pingLater(client, error);
      throw error;
    } finally {
      this.changed.fire();
    }
  }

  /** Asks the server for its figures of this session. @throws {ClientError} @throws {EngineError} */
  async status(): Promise<Status> {
    const client = await this.controlClient();
    const status = await client.status();
    if (client === this.openControl) this.lastStatus = status;
    this.changed.fire();
    return status;
  }

  /** Forgets the session: the server or its key has changed. Crawls go on with the server they began with. */
  async disconnect(): Promise<void> {
    const client = this.openControl;
    clearTimeout(this.pingTimer);
    this.control = null;
    this.openControl = null;
    this.lastStatus = null;
    this.knownTransports.clear();
    await client?.close();
    this.changed.fire();
  }

  dispose(): void {
    this.engineListener.dispose();
    this.changed.dispose();
    for (const client of this.crawling.keys()) void client.close();
    void this.disconnect();
  }

  private controlClient(): Promise<RipTideClient> {
    if (this.control) return this.control;
    const control = this.createClient(this.server).then(
      (client) => {
        // The server may have changed while its client was made.
        if (this.control !== control) throw new ClientError('closed', 'The server was changed meanwhile');
        this.openControl = client;
        client.onDidChangeConnection(() => this.changed.fire());
        return client;
      },
      (error: unknown) => {
        if (this.control === control) this.control = null;
        throw error;
      },
    );
    this.control = control;
    return control;
  }

  private follow(): void {
    this.connect().catch((error: unknown) => this.options.logger.debug(`session: ${String(error)}`));
  }

  private async createClient(
    server: Server,
    own: Pick<RipTideClientOptions, 'transport' | 'metrics' | 'onLetIn'> = {},
  ): Promise<RipTideClient> {
    const { engine, readApiKey, readAccess, maxMessageBytes, transport, logger } = this.options;
    const reached: RipTideClientOptions =
      server.kind === 'built-in'
        ? await engine.start().then(({ address, token }) => ({ address, apiKey: token }))
        : {
            ...readAccess?.(server.address),
            address: server.address,
            apiKey: await readApiKey(server.address),
          };
    // Loaded when first needed: the WebSocket library alone would cost most of the time that activation may take.
    const { RipTideClient } = await import('../client/ripTideClient');
    return new RipTideClient({
      ...reached,
      maxMessageBytes: maxMessageBytes(),
      transport: transport?.(),
      logger,
      metrics: this.counted,
      knownTransports: this.knownTransports,
      ...own,
    });
  }

  /** Closes what speaks to an engine that is gone, so that crawls go on with the next one at once. */
  private leaveEngine(): void {
    for (const [client, server] of this.crawling) {
      if (server.kind === 'built-in') void client.close();
    }
    if (this.server.kind === 'built-in') void this.disconnect();
  }

  /** Latency is a comfort: a failed ping shows as the connection's state, and nothing else depends on it. */
  private async measure(client: RipTideClient): Promise<void> {
    try {
      await client.ping();
      const status = await client.status();
      if (client === this.openControl) this.lastStatus = status;
      this.schedulePing(client, pingDelayMs(client));
    } catch (error) {
      this.options.logger.debug(`ping: ${error instanceof Error ? error.message : String(error)}`);
      this.pingLater(client, error);
    }
    this.changed.fire();
  }

  /** Ten refusals in a row can lock a whole site out (protocol 5.2), so a refused key is not sent again by itself. */
  private pingLater(client: RipTideClient, error: unknown): void {
    if (!isRefusedKey(error)) this.schedulePing(client, Math.max(pingIntervalMs, waitOf(error)));
    else if (client === this.openControl) clearTimeout(this.pingTimer);
  }

  private schedulePing(client: RipTideClient, delayMs: number): void {
    clearTimeout(this.pingTimer);
    if (this.openControl !== client) return;
    this.pingTimer = setTimeout(() => void this.measure(client), delayMs);
  }
}

/** The promise goes on when the signal ends the wait for it; its result is then of no use to anybody. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function pingDelayMs({ latency }: RipTideClient): number {
  return latency.count < firstPings ? firstPingIntervalMs : pingIntervalMs;
}

function isRefusedKey(error: unknown): boolean {
  return error instanceof ClientError && (error.reason === 'unauthorized' || error.reason === 'forbidden');
}

/** How long the server asked to be left alone, in milliseconds. */
function waitOf(error: unknown): number {
  return error instanceof ClientError ? (error.retryAfterMs ?? 0) : 0;
}
