import { Emitter, type Disposable } from '../base/emitter';
import type { Logger } from '../base/logger';
import type { ConnectionState, PingReply } from '../client/controlConnection';
import type { Latency } from '../client/latencyWindow';
import type { RipTideClient } from '../client/ripTideClient';
import { concurrentRequestsExtension, type Status } from '../protocol/messages';
import type { CrawlSource } from './crawlRun';
import type { EngineProcess, EngineState } from './engineProcess';

const pingIntervalMs = 30_000;

/** Pings sent at once on a new connection, so that the first median rests on more than one. */
const firstPings = 3;

export type Server = { kind: 'built-in' } | { kind: 'remote'; address: string };

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
  logger: Logger;
}

/** The server in use: one client for it, its latency and its state. Connects when first asked to. */
export class Session implements CrawlSource, Disposable {
  private readonly options: SessionOptions;
  private readonly changed = new Emitter<void>();
  private readonly engineListener: Disposable;
  private client: Promise<RipTideClient> | null = null;
  private openClient: RipTideClient | null = null;
  private pingTimer: NodeJS.Timeout | undefined;
  private lastStatus: Status | null = null;

  readonly onDidChange = this.changed.event;

  constructor(options: SessionOptions) {
    this.options = options;
    this.engineListener = options.engine.onDidChangeState((state) => {
      // A new engine has a new port and a new token.
      if (this.server.kind === 'built-in' && state.kind !== 'ready') void this.disconnect();
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
    const client = this.openClient;
    return {
      server: this.server,
      engine: this.options.engine.state,
      connection: client?.connection ?? { kind: 'idle' },
      latency: client?.latency ?? null,
      messagesReceived: client?.messagesReceived ?? 0,
      status: this.lastStatus,
    };
  }

  /**
   * A client for the server in use. The built-in engine is started if it does not run.
   * @throws {EngineError} when the engine does not start. @throws {ClientError} `bad-address`.
   */
  connect(): Promise<RipTideClient> {
    this.client ??= this.createClient().catch((error: unknown) => {
      this.client = null;
      throw error;
    });
    return this.client;
  }

  /** @throws {ClientError} @throws {EngineError} */
  async ping(): Promise<PingReply> {
    const client = await this.connect();
    const result = await client.ping();
    this.schedulePing(client);
    this.changed.fire();
    return result;
  }

  /** Asks the server for its figures of this session. @throws {ClientError} @throws {EngineError} */
  async status(): Promise<Status> {
    const client = await this.connect();
    this.lastStatus = await client.status();
    this.changed.fire();
    return this.lastStatus;
  }

  /** Forgets the connection: the server or its key has changed. */
  async disconnect(): Promise<void> {
    const client = this.openClient;
    clearTimeout(this.pingTimer);
    this.client = null;
    this.openClient = null;
    this.lastStatus = null;
    await client?.close();
    this.changed.fire();
  }

  dispose(): void {
    this.engineListener.dispose();
    this.changed.dispose();
    void this.disconnect();
  }

  private async createClient(): Promise<RipTideClient> {
    const { engine, readApiKey, maxMessageBytes, logger } = this.options;
    const server = this.server;
    const { address, apiKey } =
      server.kind === 'built-in'
        ? await engine.start().then(({ address, token }) => ({ address, apiKey: token }))
        : { address: server.address, apiKey: await readApiKey(server.address) };
    // Loaded when first needed: the WebSocket library alone would cost most of the time that activation may take.
    const { RipTideClient } = await import('../client/ripTideClient');
    const client = new RipTideClient({
      address,
      maxMessageBytes: maxMessageBytes(),
      logger,
      ...(apiKey !== undefined && { apiKey }),
    });
    client.onDidChangeConnection(() => this.changed.fire());
    this.openClient = client;
    void this.measure(client, firstPings);
    return client;
  }

  /** Latency is a comfort: a failed ping shows as the connection's state, and nothing else depends on it. */
  private async measure(client: RipTideClient, pings: number): Promise<void> {
    try {
      for (let sent = 0; sent < pings; sent += 1) await client.ping();
      // A 1.0 server is wedged by the request, so it is asked only when the user wants it.
      if (announcesConcurrentRequests(client.connection)) this.lastStatus = await client.status();
    } catch (error) {
      this.options.logger.debug(`ping: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.schedulePing(client);
    this.changed.fire();
  }

  private schedulePing(client: RipTideClient): void {
    clearTimeout(this.pingTimer);
    if (this.openClient !== client) return;
    this.pingTimer = setTimeout(() => void this.measure(client, 1), pingIntervalMs);
  }
}

function announcesConcurrentRequests(connection: ConnectionState): boolean {
  return connection.kind === 'open' && connection.extensions.includes(concurrentRequestsExtension);
}
