import type { Event } from '../base/emitter';
import type { Status } from '../protocol/messages';
import type { ConnectionState, PingReply } from './controlConnection';
import type { Latency } from './latencyWindow';

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
