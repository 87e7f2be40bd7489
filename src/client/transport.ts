import type { ClientError } from './clientError';

/** What a {@link Transport} reports; after `onClose` nothing more comes. */
export interface TransportListener {
  onOpen(): void;
  /** UTF-8. */
  onText(bytes: Buffer): void;
  onBinary(bytes: Buffer): void;
  /** Bytes arrived, whatever they belong to: a part of a message, a Ping, a Pong. */
  onActivity(byteCount: number): void;
  /** Exactly once, when the transport holds no resource any more; `error` says why it ended. */
  onClose(error: ClientError): void;
}

/** The byte pipe to a server. */
export interface Transport {
  send(text: string): void;
  /** Asks the other end for a sign of life, which shows as activity. */
  ping(): void;
  /** Leaves in the network what has not been read; a little that has been read may still be reported. */
  pause(): void;
  resume(): void;
  /** Ends by a handshake, and drops the connection after {@link closeTimeoutMs} without an answer. */
  close(): void;
  /** Drops the connection now. */
  terminate(): void;
}

/** A 1.0 server never answers a Close frame, and during a crawl does not even read it. */
export const closeTimeoutMs = 1000;
