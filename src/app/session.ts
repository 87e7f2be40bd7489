import { Emitter, type Disposable } from '../base/emitter';
import type { Logger } from '../base/logger';
import { ClientError } from '../client/clientError';
import type { ConnectionState, PingReply } from '../client/controlConnection';
import type { Latency } from '../client/latencyWindow';
import type { RipTideClient, RipTideClientOptions } from '../client/ripTideClient';
import { concurrentRequestsExtension, type Status } from '../protocol/messages';
import type { CrawlSource } from './crawlRun';
import type { EngineProcess, EngineState } from './engineProcess';

const pingIntervalMs = 30_000;

/** The first pings come faster, so that a median soon rests on more than what starting up had slowed. */
const firstPings = 5;
const firstPingIntervalMs = 2_000;

export type Server = { kind: 'built-in' } | { kind: 'remote'; address: string };

export type TransportSetting = NonNullable<RipTideClientOptions['transport']>;

export interface SessionSnapshot {
  server: Server;
  /** Of the built-in engine, whichever server is in use. */
  engine: EngineState;
  connection: ConnectionState;
  latency: Latency | null;
  messagesReceived: number;
  /** The server's own figures, from the last time they were asked for. */
  status: Status | null;
}

export interface SessionOptions {
  engine: EngineProcess;
  readServer: () => Server;
  readApiKey: (address: string) => Promise<string | undefined>;
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
  /** By clients that are closed. */
  private messagesBefore = 0;
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

  get name(): string {
    return this.server.kind === 'built-in' ? 'built-in' : this.server.address;
  }

  get snapshot(): SessionSnapshot {
    const control = this.openControl;
    const clients = [...this.crawling.keys(), ...(control ? [control] : [])];
    return {
      server: this.server,
      engine: this.options.engine.state,
      connection: control?.connection ?? { kind: 'idle' },
      latency: control?.latency ?? null,
      messagesReceived: clients.reduce((sum, client) => sum + client.messagesReceived, this.messagesBefore),
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
    const client = await untilAborted(this.createClient(server), signal);
    this.crawling.set(client, server);
    void this.connect().catch((error: unknown) => this.options.logger.debug(`session: ${String(error)}`));
    try {
      await work(client);
    } finally {
      this.crawling.delete(client);
      await this.retire(client);
    }
  }

  /** Opens the session, so that its state and latency are known. @throws {EngineError} @throws {ClientError} */
  async connect(): Promise<void> {
    await this.controlClient();
  }

  /** @throws {ClientError} @throws {EngineError} */
  async ping(): Promise<PingReply> {
    const client = await this.controlClient();
    const reply = await client.ping();
    this.schedulePing(client, pingIntervalMs);
    this.changed.fire();
    return reply;
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
    if (client) await this.retire(client);
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
        void this.measure(client);
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

  private async createClient(server: Server): Promise<RipTideClient> {
    const { engine, readApiKey, maxMessageBytes, transport, logger } = this.options;
    const { address, apiKey } =
      server.kind === 'built-in'
        ? await engine.start().then(({ address, token }) => ({ address, apiKey: token }))
        : { address: server.address, apiKey: await readApiKey(server.address) };
    // Loaded when first needed: the WebSocket library alone would cost most of the time that activation may take.
    const { RipTideClient } = await import('../client/ripTideClient');
    return new RipTideClient({
      address,
      maxMessageBytes: maxMessageBytes(),
      transport: transport?.(),
      logger,
      ...(apiKey !== undefined && { apiKey }),
    });
  }

  /** Closes what speaks to an engine that is gone, so that crawls go on with the next one at once. */
  private leaveEngine(): void {
    for (const [client, server] of this.crawling) {
      if (server.kind === 'built-in') void client.close();
    }
    if (this.server.kind === 'built-in') void this.disconnect();
  }

  private async retire(client: RipTideClient): Promise<void> {
    this.messagesBefore += client.messagesReceived;
    await client.close();
  }

  /** Latency is a comfort: a failed ping shows as the connection's state, and nothing else depends on it. */
  private async measure(client: RipTideClient): Promise<void> {
    try {
      await client.ping();
      // A 1.0 server is wedged by the request, so it is asked only when the user wants it.
      if (announcesConcurrentRequests(client.connection)) {
        const status = await client.status();
        if (client === this.openControl) this.lastStatus = status;
      }
      const isNew = client.latency.count < firstPings;
      this.schedulePing(client, isNew ? firstPingIntervalMs : pingIntervalMs);
    } catch (error) {
      this.options.logger.debug(`ping: ${error instanceof Error ? error.message : String(error)}`);
      // Ten refusals in a row can lock a whole site out (protocol 5.2), so a refused key is not sent again by itself.
      if (!isRefusedKey(error)) this.schedulePing(client, pingIntervalMs);
    }
    this.changed.fire();
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

function isRefusedKey(error: unknown): boolean {
  return error instanceof ClientError && (error.reason === 'unauthorized' || error.reason === 'forbidden');
}

function announcesConcurrentRequests(connection: ConnectionState): boolean {
  return connection.kind === 'open' && connection.extensions.includes(concurrentRequestsExtension);
}
