import { Emitter } from '../base/emitter';
import type { Logger } from '../base/logger';
import { decodeHealthTime } from '../protocol/decodeHttpAnswer';
import { concurrentRequestsExtension, type Status } from '../protocol/messages';
import { ClientError, clientClosed } from './clientError';
import type { ClientMetrics } from './clientMetrics';
import type { Control } from './control';
import type { ConnectionState, PingReply } from './controlConnection';
import { HttpChannel, type HttpChannelSettings } from './httpChannel';
import { ShortBody, refusalOfAnswer } from './httpRefusal';
import { LatencyWindow, type Latency } from './latencyWindow';

export interface HealthControlSettings extends HttpChannelSettings {
  /** Of the server, without a slash at its end. */
  baseUrl: string;
  responseTimeoutMs: number;
  metrics: ClientMetrics;
  logger: Logger;
}

interface Health {
  roundTripMs: number;
  /** Otherwise the round trip holds the time to connect as well. */
  isWarm: boolean;
  serverTime: string;
}

/** Ping and status where there is no WebSocket: by `GET /healthz`, and by what the client itself has counted. */
export class HealthControl implements Control {
  readonly closed: Promise<void>;
  private readonly settings: HealthControlSettings;
  private readonly url: string;
  private readonly channel: HttpChannel;
  private readonly changes = new Emitter<ConnectionState>();
  private readonly window = new LatencyWindow();
  private readonly waiting = new Set<(error: ClientError) => void>();
  private current: ConnectionState = { kind: 'idle' };
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(settings: HealthControlSettings) {
    this.settings = settings;
    this.url = `${settings.baseUrl}/healthz`;
    this.channel = new HttpChannel(this.url, settings);
    this.closed = this.channel.closed;
  }

  readonly onDidChange = this.changes.event;

  get state(): ConnectionState {
    return this.current;
  }

  get latency(): Latency {
    return this.window.snapshot();
  }

  ping(): Promise<PingReply> {
    const result = this.lastTurn.then(() => this.measure());
    this.lastTurn = result.catch(() => undefined);
    return result;
  }

  /** The server keeps no session for HTTP requests, so that all but its health is the client's own account. */
  async status(): Promise<Status> {
    await this.ping();
    const sinceMs = this.current.kind === 'open' ? this.current.sinceMs : Date.now();
    return {
      session_id: '',
      connected_duration_ms: Math.max(0, Date.now() - sinceMs),
      is_healthy: true,
      message_count: this.settings.metrics.messages,
      backpressure_count: 0,
    };
  }

  close(): void {
    this.channel.close();
    for (const reject of [...this.waiting]) reject(clientClosed());
    this.setState({ kind: 'closed' });
    this.changes.dispose();
  }

  private async measure(): Promise<PingReply> {
    if (this.isClosed()) throw clientClosed();
    if (this.current.kind !== 'open') this.setState({ kind: 'connecting' });
    try {
      const first = await this.ask();
      if (this.current.kind !== 'open') this.setOpen(first.roundTripMs);
      // Servers end idle connections after seconds, and the time to connect is no part of any latency.
      const { roundTripMs, serverTime } = first.isWarm ? first : await this.ask();
      this.window.add(roundTripMs);
      return { latencyMs: roundTripMs, sessionId: '', serverTime };
    } catch (error) {
      if (error instanceof ClientError && !this.isClosed()) this.setState({ kind: 'closed', error });
      throw error;
    }
  }

  private ask(): Promise<Health> {
    const { url } = this;
    const { responseTimeoutMs } = this.settings;
    return new Promise((resolve, reject) => {
      const sentAtMs = performance.now();
      const body = new ShortBody();
      let head = { status: 0, headers: {}, isWarm: false };
      const leave = (): void => {
        clearTimeout(timer);
        this.waiting.delete(fail);
        abort();
      };
      const fail = (error: ClientError): void => {
        leave();
        reject(error);
      };
      const abort = this.channel.call(
        { url, method: 'GET', accept: 'application/json' },
        {
          onHead: ({ statusCode = 0, headers }, isWarm) => (head = { status: statusCode, headers, isWarm }),
          onChunk: (chunk) => body.push(chunk),
          onEnd: () => {
            const roundTripMs = performance.now() - sentAtMs;
            if (head.status === 200) {
              leave();
              resolve({ roundTripMs, isWarm: head.isWarm, serverTime: decodeHealthTime(body.text) });
              return;
            }
            const refusal = refusalOfAnswer(url, head.status, head.headers, body.decode(false));
            const unhealthy = new ClientError('unavailable', `${url} answered HTTP ${head.status}.`);
            fail(refusal.kind === 'failed' ? refusal.error : unhealthy);
          },
          onFail: fail,
        },
      );
      const timer = setTimeout(() => {
        const text = `${url} did not answer within ${responseTimeoutMs} ms. Try again, or restart the server.`;
        fail(new ClientError('response-timeout', text));
      }, responseTimeoutMs);
      this.waiting.add(fail);
    });
  }

  private setOpen(connectMs: number): void {
    this.setState({
      kind: 'open',
      sessionId: '',
      protocolVersion: '',
      // Each HTTP request stands for itself.
      extensions: [concurrentRequestsExtension],
      sinceMs: Date.now(),
      connectMs,
    });
  }

  private isClosed(): boolean {
    return this.current.kind === 'closed' && this.current.error === undefined;
  }

  private setState(state: ConnectionState): void {
    this.current = state;
    try {
      this.changes.fire(state);
    } catch (error) {
      this.settings.logger.error(`A listener to the connection state threw: ${String(error)}`);
    }
  }
}
