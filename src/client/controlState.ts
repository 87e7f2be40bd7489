import { Emitter } from '../base/emitter';
import type { Logger } from '../base/logger';
import { ClientError } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { ConnectionState, PingReply } from './control';
import { LatencyWindow, type Latency } from './latencyWindow';

/** What every control keeps: its connection's state, the last pings, and whose turn it is to ask. */
export class ControlState {
  private readonly metrics: ClientMetricsCounter;
  private readonly logger: Logger;
  private readonly changes = new Emitter<ConnectionState>();
  private readonly window = new LatencyWindow();
  private state: ConnectionState = { kind: 'idle' };
  private lastTurn: Promise<unknown> = Promise.resolve();
  /** Since the last ping began. */
  private wasOpen = false;

  constructor(metrics: ClientMetricsCounter, logger: Logger) {
    this.metrics = metrics;
    this.logger = logger;
  }

  readonly onDidChange = this.changes.event;

  get current(): ConnectionState {
    return this.state;
  }

  get latency(): Latency {
    return this.window.snapshot();
  }

  /** One question at a time: an answer does not say which question it belongs to, and two would slow each other. */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.lastTurn.then(task);
    this.lastTurn = result.catch(() => undefined);
    return result;
  }

  /** A ping in its turn, with what is to be noted of it. */
  measure(ping: () => Promise<PingReply>): Promise<PingReply> {
    return this.inTurn(async () => {
      this.wasOpen = this.state.kind === 'open';
      try {
        const reply = await ping();
        this.window.add(reply.latencyMs);
        this.metrics.ping.record(reply.latencyMs);
        return reply;
      } catch (error) {
        // What could not connect is no lost ping, and what the server refused has been answered.
        if (this.wasOpen && error instanceof ClientError && isSilence(error)) {
          this.window.addLost();
          this.metrics.lostPings += 1;
        }
        throw error;
      }
    });
  }

  set(state: ConnectionState): void {
    this.state = state;
    if (state.kind === 'open') this.wasOpen = true;
    try {
      this.changes.fire(state);
    } catch (error) {
      this.logger.error(`A listener to the connection state threw: ${String(error)}`);
    }
  }

  dispose(): void {
    this.changes.dispose();
  }
}

function isSilence({ reason }: ClientError): boolean {
  return reason === 'response-timeout' || reason === 'connection-lost';
}
