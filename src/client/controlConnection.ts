import type { Event } from '../base/emitter';
import type { Logger } from '../base/logger';
import {
  concurrentRequestsExtension,
  type ServerMessage,
  type ServerMessageOf,
  type Status,
} from '../protocol/messages';
import { ClientError, clientClosed, refusedByServer } from './clientError';
import type { Connection, ConnectionListener } from './connection';
import type { ClientMetricsCounter } from './clientMetrics';
import { ownStatus, type ConnectionState, type Control, type PingReply } from './control';
import { ControlState } from './controlState';
import { Keepalive } from './keepalive';
import type { Latency } from './latencyWindow';

export interface ControlConnectionSettings {
  url: string;
  responseTimeoutMs: number;
  metrics: ClientMetricsCounter;
  logger: Logger;
  /** @throws {ClientError} `closed`. */
  connect: (listener: ConnectionListener) => Connection;
}

type Question = 'ping' | 'status';
type Reply = ServerMessageOf<'welcome' | 'pong' | 'status'>;

interface Awaited {
  type: Reply['message_type'];
  resolve: (arrival: { message: ServerMessage; atMs: number }) => void;
  reject: (error: ClientError) => void;
}

/** The connection for `ping` and `status`: opened when first asked, kept open, one question at a time. */
export class ControlConnection implements Control {
  private readonly settings: ControlConnectionSettings;
  private readonly shared: ControlState;
  private connection: Connection | undefined;
  private keepalive: Keepalive | undefined;
  private awaited: Awaited | undefined;
  private isClosed = false;

  constructor(settings: ControlConnectionSettings) {
    this.settings = settings;
    this.shared = new ControlState(settings.metrics, settings.logger);
  }

  get onDidChange(): Event<ConnectionState> {
    return this.shared.onDidChange;
  }

  get state(): ConnectionState {
    return this.shared.current;
  }

  get latency(): Latency {
    return this.shared.latency;
  }

  ping(): Promise<PingReply> {
    return this.shared.measure(async () => {
      const { message, roundTripMs } = await this.askReopening('ping', 'pong');
      const { session_id: sessionId, timestamp: serverTime } = message.data;
      return { latencyMs: roundTripMs, sessionId, serverTime };
    });
  }

  /** A 1.0 server answers nothing more on a connection that asked for its status, so it is not asked. */
  status(): Promise<Status> {
    return this.shared.inTurn(async () => {
      if (this.connection === undefined) await this.open();
      const { state } = this;
      if (state.kind === 'open' && !state.extensions.includes(concurrentRequestsExtension)) {
        return ownStatus(state, this.settings.metrics.messages);
      }
      return (await this.askReopening('status', 'status')).message.data;
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.connection?.close();
    this.forget();
    this.settle()?.reject(clientClosed());
    this.shared.set({ kind: 'closed' });
    this.shared.dispose();
  }

  /** A connection that stood idle may turn out dead only when used: such a question is asked once more. */
  private async askReopening<Type extends 'pong' | 'status'>(
    question: Question,
    type: Type,
  ): Promise<{ message: ServerMessageOf<Type>; roundTripMs: number }> {
    const wasOpen = this.connection !== undefined;
    try {
      return await this.ask(question, type);
    } catch (error) {
      const isDead = error instanceof ClientError && error.reason === 'connection-lost';
      if (!wasOpen || !isDead || this.isClosed) throw error;
      return await this.ask(question, type);
    }
  }

  private async ask<Type extends 'pong' | 'status'>(
    question: Question,
    type: Type,
  ): Promise<{ message: ServerMessageOf<Type>; roundTripMs: number }> {
    const connection = this.connection ?? (await this.open());
    // The connection may have ended between its welcome and this line.
    if (this.connection !== connection) throw this.endError();
    const { url, responseTimeoutMs } = this.settings;
    const sentAtMs = performance.now();
    const arrival = this.arrivalOf(type);
    const timer = setTimeout(() => {
      const text = `${url} did not answer a ${question} within ${responseTimeoutMs} ms. Try again, or restart the server.`;
      const error = new ClientError('response-timeout', text);
      // An answer that comes later would be taken for the answer to the next question.
      this.drop({ kind: 'closed', error });
      this.settle()?.reject(error);
    }, responseTimeoutMs);
    connection.send({ request_type: question, data: {} });
    try {
      const { message, atMs } = await arrival;
      return { message: message as ServerMessageOf<Type>, roundTripMs: atMs - sentAtMs };
    } finally {
      clearTimeout(timer);
    }
  }

  private async open(): Promise<Connection> {
    const welcomed = this.arrivalOf('welcome');
    const connection = this.settings.connect({
      onOpen: (session, welcome) => {
        this.keepAlive(connection);
        this.shared.set({ kind: 'open', ...session });
        this.arrive(welcome);
      },
      onMessage: (message) => this.arrive(message),
      onActivity: () => this.keepalive?.touch(),
      onEnd: (error) => {
        this.forget();
        this.shared.set({ kind: 'closed', error });
        this.settle()?.reject(error);
      },
    });
    this.connection = connection;
    this.shared.set({ kind: 'connecting' });
    await welcomed;
    return connection;
  }

  private keepAlive(connection: Connection): void {
    this.keepalive = new Keepalive(
      () => connection.ping(),
      (silentMs) => {
        const text = `${this.settings.url} did not answer a keepalive within ${silentMs} ms.`;
        connection.fail(new ClientError('connection-lost', text));
      },
    );
  }

  private forget(): void {
    this.keepalive?.stop();
    this.keepalive = undefined;
    this.connection = undefined;
  }

  private arrivalOf(type: Reply['message_type']): Promise<{ message: ServerMessage; atMs: number }> {
    return new Promise((resolve, reject) => (this.awaited = { type, resolve, reject }));
  }

  private arrive(message: ServerMessage): void {
    const atMs = performance.now();
    if (message.message_type === this.awaited?.type) {
      this.settle()?.resolve({ message, atMs });
    } else if (message.message_type === 'error') {
      this.settle()?.reject(refusedByServer(this.settings.url, message.data));
    } else {
      this.settings.logger.debug(
        `${this.settings.url}: skipped a "${message.message_type}" nobody asked for.`,
      );
    }
  }

  private settle(): Awaited | undefined {
    const awaited = this.awaited;
    this.awaited = undefined;
    return awaited;
  }

  private drop(next: ConnectionState): void {
    this.connection?.terminate();
    this.forget();
    this.shared.set(next);
  }

  private endError(): ClientError {
    if (this.isClosed) return clientClosed();
    const lost = new ClientError('connection-lost', `${this.settings.url} ended the connection.`);
    return this.state.kind === 'closed' ? (this.state.error ?? lost) : lost;
  }
}
