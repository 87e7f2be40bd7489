import type { Event } from '../base/emitter';
import type { Logger } from '../base/logger';
import { decodeHealthTime } from '../protocol/decodeHttpAnswer';
import { concurrentRequestsExtension, type Status } from '../protocol/messages';
import { ClientError, clientClosed } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { Session } from './connection';
import { ownStatus, type ConnectionState, type Control, type PingReply } from './control';
import { ControlState } from './controlState';
import { HttpChannel, type HttpChannelSettings } from './httpChannel';
import { ShortBody, refusalOfAnswer } from './httpRefusal';
import type { Latency } from './latencyWindow';

export interface HealthControlSettings extends HttpChannelSettings {
  /** Of the server, without a slash at its end. */
  baseUrl: string;
  responseTimeoutMs: number;
  metrics: ClientMetricsCounter;
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
  private readonly shared: ControlState;
  private readonly waiting = new Set<(error: ClientError) => void>();

  constructor(settings: HealthControlSettings) {
    this.settings = settings;
    this.url = `${settings.baseUrl}/healthz`;
    this.channel = new HttpChannel(this.url, settings);
    this.closed = this.channel.closed;
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
    return this.shared.measure(() => this.measure());
  }

  /** The server keeps no session for HTTP requests, so that all but its health is the client's own account. */
  async status(): Promise<Status> {
    await this.ping();
    if (this.state.kind !== 'open') throw clientClosed();
    return ownStatus(this.state, this.settings.metrics.messages);
  }

  close(): void {
    this.channel.close();
    for (const reject of [...this.waiting]) reject(clientClosed());
    this.shared.set({ kind: 'closed' });
    this.shared.dispose();
  }

  private async measure(): Promise<PingReply> {
    if (this.isClosed()) throw clientClosed();
    if (this.state.kind !== 'open') this.shared.set({ kind: 'connecting' });
    try {
      const first = await this.ask();
      if (this.state.kind !== 'open') this.shared.set({ kind: 'open', ...this.opened(first.roundTripMs) });
      // Servers end idle connections after seconds, and the time to connect is no part of any latency.
      const { roundTripMs, serverTime } = first.isWarm ? first : await this.ask();
      return { latencyMs: roundTripMs, sessionId: '', serverTime };
    } catch (error) {
      if (error instanceof ClientError && !this.isClosed()) this.shared.set({ kind: 'closed', error });
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

  private opened(connectMs: number): Session {
    return {
      sessionId: '',
      protocolVersion: '',
      // Each HTTP request stands for itself.
      extensions: [concurrentRequestsExtension],
      sinceMs: Date.now(),
      connectMs,
    };
  }

  private isClosed(): boolean {
    return this.state.kind === 'closed' && this.state.error === undefined;
  }
}
