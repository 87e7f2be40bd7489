import type { Event } from '../base/emitter';
import type { Status } from '../protocol/messages';
import type { ClientError } from './clientError';
import type { Session } from './connection';
import type { Latency } from './latencyWindow';

export type ConnectionState =
  /** Not needed yet. */
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | ({ kind: 'open' } & Session)
  /** `error` is absent when the client was closed on purpose. */
  | { kind: 'closed'; error?: ClientError };

export interface PingReply {
  /** From sending the request to its pong, on a connection that was open before. */
  latencyMs: number;
  sessionId: string;
  /** RFC 3339. */
  serverTime: string;
}

/** What answers `ping` and `status`, beside all crawls. */
export interface Control {
  readonly state: ConnectionState;
  readonly onDidChange: Event<ConnectionState>;
  readonly latency: Latency;
  /** @throws {ClientError} */
  ping(): Promise<PingReply>;
  /** @throws {ClientError} */
  status(): Promise<Status>;
  close(): void;
}

/** What a client knows by itself of a connection that lives. */
export function ownStatus(session: Session, messageCount: number): Status {
  return {
    session_id: session.sessionId,
    connected_duration_ms: Math.max(0, Date.now() - session.sinceMs),
    is_healthy: true,
    message_count: messageCount,
    backpressure_count: 0,
  };
}
