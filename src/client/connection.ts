import type { Logger } from '../base/logger';
import { decodeServerMessage, readServerValue } from '../protocol/decodeServerMessage';
import { encodeClientMessage } from '../protocol/encode';
import type { ClientMessage, ResultEncoding, ServerMessage, ServerMessageOf } from '../protocol/messages';
import { peekResult, type PeekedResult } from '../protocol/peekResult';
import { ProtocolError } from '../protocol/protocolError';
import { ClientError } from './clientError';
import type { ClientMetricsCounter } from './clientMetrics';
import type { RawResult } from './crawlConnection';
import { decodeMessagePack } from './messagePack';
import type { Transport } from './transport';
import { protocolBreach } from './transportFailure';
import { openWebSocket, type WebSocketSettings } from './webSocketTransport';

/** What the server said of itself when the connection opened. */
export interface Session {
  sessionId: string;
  protocolVersion: string;
  /** Abilities beyond protocol 1.0. */
  extensions: readonly string[];
  /** When the welcome came, in epoch milliseconds. */
  sinceMs: number;
  /** From the start of connecting to the welcome, in milliseconds; no part of any latency. */
  connectMs: number;
}

/** Called on receipt, in the socket's own receive path: never wait or compute here. */
export interface ConnectionListener {
  onOpen(session: Session, welcome: ServerMessageOf<'welcome'>): void;
  onMessage(message: ServerMessage, byteCount: number): void;
  /** Where it is there, results come here instead that need not be decoded for it. */
  onRawResult?: ((result: RawResult) => void) | undefined;
  /** Which of them, when not all. */
  takesRaw?: ((peeked: PeekedResult) => boolean) | undefined;
  /** Bytes arrived, of whatever frame. */
  onActivity(): void;
  /** The connection is gone; called once, and not at all when the owner closed it. */
  onEnd(error: ClientError): void;
}

export interface ConnectionSettings extends WebSocketSettings {
  welcomeTimeoutMs: number;
  /** Of results, where the server has it. */
  encoding: ResultEncoding;
  logger: Logger;
  /** Counts what arrives. */
  metrics: ClientMetricsCounter;
}

/** One dial-to-close life: connects at once, waits for the welcome, then hands over decoded messages. */
export class Connection {
  /** Resolves when the socket is gone; never rejects. */
  readonly closed: Promise<void>;
  private readonly settings: ConnectionSettings;
  private readonly listener: ConnectionListener;
  private readonly pipe: Transport;
  private readonly startedAtMs = performance.now();
  private state: 'connecting' | 'welcoming' | 'open' | 'over' = 'connecting';
  private welcomeTimer: NodeJS.Timeout | undefined;

  constructor(settings: ConnectionSettings, listener: ConnectionListener) {
    this.settings = settings;
    this.listener = listener;
    let resolveClosed = (): void => undefined;
    this.closed = new Promise((resolve) => (resolveClosed = resolve));
    this.pipe = openWebSocket(settings, {
      onOpen: () => this.awaitWelcome(),
      onText: (bytes) => this.receive(bytes),
      onBinary: (bytes) => {
        if (settings.encoding === 'messagepack') this.receiveBinary(bytes);
        else this.warn(`ignored a binary frame of ${bytes.length} bytes`);
      },
      onActivity: (byteCount) => {
        settings.metrics.bytes += byteCount;
        if (this.state === 'open') listener.onActivity();
      },
      onClose: (error) => {
        this.fail(error);
        resolveClosed();
      },
    });
  }

  send(message: ClientMessage): void {
    if (this.state === 'open') this.pipe.send(encodeClientMessage(message));
  }

  /** Asks the other end for a sign of life, which shows as activity. */
  ping(): void {
    if (this.state === 'open') this.pipe.ping();
  }

  pause(): void {
    this.pipe.pause();
  }

  resume(): void {
    this.pipe.resume();
  }

  /** Ends politely; the listener hears nothing more. */
  close(): void {
    if (this.leave()) this.pipe.close();
  }

  /** Ends at once; the listener hears nothing more. */
  terminate(): void {
    if (this.leave()) this.pipe.terminate();
  }

  /** Ends at once, and tells the listener why. */
  fail(error: ClientError): void {
    if (!this.leave()) return;
    this.pipe.terminate();
    this.listener.onEnd(error);
  }

  private awaitWelcome(): void {
    if (this.state !== 'connecting') return;
    const { url, welcomeTimeoutMs } = this.settings;
    this.state = 'welcoming';
    this.welcomeTimer = setTimeout(() => {
      const text = `${url} opened a WebSocket but sent no welcome within ${welcomeTimeoutMs} ms.`;
      this.fail(new ClientError('welcome-timeout', `${text} Check that it is a RipTide server.`));
    }, welcomeTimeoutMs);
  }

  private receive(bytes: Buffer): void {
    if (this.state === 'over') return;
    const { metrics } = this.settings;
    const startedAtMs = performance.now();
    const peeked = this.peek(bytes);
    const message = peeked ? undefined : this.decode(() => decodeServerMessage(bytes.toString()));
    metrics.decode.record(performance.now() - startedAtMs);
    if (peeked ?? message) metrics.messages += 1;
    if (peeked) this.listener.onRawResult?.({ ...peeked, bytes });
    else if (message) this.take(message, bytes.length);
  }

  private receiveBinary(bytes: Buffer): void {
    if (this.state === 'over') return;
    const { metrics } = this.settings;
    const startedAtMs = performance.now();
    const message = this.decode(() => readServerValue(decodeMessagePack(bytes)));
    metrics.decode.record(performance.now() - startedAtMs);
    if (!message) return;
    metrics.messages += 1;
    this.take(message, bytes.length);
  }

  private peek(bytes: Buffer): PeekedResult | undefined {
    const { onRawResult, takesRaw } = this.listener;
    if (this.state !== 'open' || !onRawResult) return undefined;
    const peeked = peekResult(bytes);
    return peeked && (takesRaw?.(peeked) ?? true) ? peeked : undefined;
  }

  private take(message: ServerMessage, byteCount: number): void {
    if (this.state === 'open') this.listener.onMessage(message, byteCount);
    else this.open(message);
  }

  private decode(read: () => ServerMessage): ServerMessage | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof ProtocolError && error.reason === 'unknown-type') {
        this.warn(`skipped a message: ${error.message}`);
      } else {
        this.fail(protocolBreach(this.settings.url, error));
      }
      return undefined;
    }
  }

  private open(message: ServerMessage): void {
    if (message.message_type !== 'welcome') {
      const said = `the first message must be the welcome, but is "${message.message_type}"`;
      this.fail(protocolBreach(this.settings.url, new ProtocolError('bad-field', 'message_type', said)));
      return;
    }
    clearTimeout(this.welcomeTimer);
    this.state = 'open';
    const session: Session = {
      sessionId: message.data.session_id,
      protocolVersion: message.data.protocol_version,
      extensions: message.data.extensions ?? [],
      sinceMs: Date.now(),
      connectMs: performance.now() - this.startedAtMs,
    };
    this.settings.metrics.connect.record(session.connectMs);
    this.listener.onOpen(session, message);
  }

  /** False when the connection was over already. */
  private leave(): boolean {
    if (this.state === 'over') return false;
    this.state = 'over';
    clearTimeout(this.welcomeTimer);
    return true;
  }

  private warn(what: string): void {
    this.settings.logger.warn(`${this.settings.url}: ${what}.`);
  }
}
