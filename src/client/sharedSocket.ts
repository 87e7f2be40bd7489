import { maxCrawlsPerConnection } from '../protocol/limits';
import {
  crawlControlExtension,
  creditExtension,
  messagePackExtension,
  requestIdsExtension,
  resumeFromExtension,
  type ClientMessage,
  type ResultEncoding,
  type ServerMessage,
  type ServerMessageOf,
} from '../protocol/messages';
import { ClientError } from './clientError';
import type { Connection, ConnectionListener } from './connection';
import type { CrawlChannel } from './crawlChannel';

const sharingExtensions = [requestIdsExtension, crawlControlExtension, creditExtension, resumeFromExtension];

export interface SharedSocketSettings {
  /** @throws {ClientError} `closed`. */
  dial: (listener: ConnectionListener) => Connection;
  /** Of results, where the server has it. */
  encoding: ResultEncoding;
  /** The server has said whether crawls can share a socket. */
  onWelcome: (isShared: boolean) => void;
  /** Finds another socket for a channel that cannot have this one. */
  moveOn: (channel: CrawlChannel) => void;
}

/** A socket that crawls share where the server can tell them apart; else it is that of the first one. */
export class SharedSocket {
  private readonly settings: SharedSocketSettings;
  private readonly connection: Connection;
  private readonly channels = new Set<CrawlChannel>();
  private state:
    | { kind: 'connecting' }
    | { kind: 'shared'; welcome: ServerMessageOf<'welcome'> }
    | { kind: 'single' }
    | { kind: 'over' } = { kind: 'connecting' };

  constructor(settings: SharedSocketSettings) {
    this.settings = settings;
    this.connection = settings.dial({
      onOpen: (_session, welcome) => this.open(welcome),
      onMessage: (message, byteCount) => this.receive(message, byteCount),
      // Nobody waits for one of no channel, so that nobody has to decode it.
      takesRaw: ({ request_id }) => this.channelOf(request_id)?.takesRaw ?? true,
      onRawResult: (raw) => this.channelOf(raw.request_id)?.receiveRaw(raw),
      onActivity: () => {
        for (const { listener } of this.channels) listener.onActivity();
      },
      onEnd: (error) => this.end(error),
    });
  }

  get isShared(): boolean {
    return this.state.kind === 'shared';
  }

  /** What results may be asked for in. */
  get encoding(): ResultEncoding {
    const extensions = this.state.kind === 'shared' ? (this.state.welcome.data.extensions ?? []) : [];
    return extensions.includes(messagePackExtension) ? this.settings.encoding : 'json';
  }

  /** Not known before the welcome; who has joined until then is moved on where it turns out otherwise. */
  get isJoinable(): boolean {
    const hasRoom = this.channels.size < maxCrawlsPerConnection;
    return hasRoom && (this.state.kind === 'connecting' || this.state.kind === 'shared');
  }

  join(channel: CrawlChannel): void {
    channel.join(this);
    this.channels.add(channel);
    if (this.state.kind !== 'shared') return;
    const { welcome } = this.state;
    queueMicrotask(() => {
      if (this.channels.has(channel)) channel.ready(welcome);
    });
  }

  send(message: ClientMessage): void {
    this.connection.send(message);
  }

  pause(): void {
    this.connection.pause();
  }

  resume(): void {
    this.connection.resume();
  }

  /** The last one closes it, or terminates it where the server does not hear that its crawl is not wanted any more. */
  leave(channel: CrawlChannel, manner: 'close' | 'terminate'): void {
    this.channels.delete(channel);
    if (this.channels.size > 0) return;
    const { isShared } = this;
    this.state = { kind: 'over' };
    // A server of 1.0 that still crawls would not read a Close frame before it is through.
    if (isShared || manner === 'close') this.connection.close();
    else this.connection.terminate();
  }

  /** For all but the one that has found out. */
  breakDown(finder: CrawlChannel): void {
    this.channels.delete(finder);
    this.connection.fail(
      new ClientError('connection-lost', 'A request on the same connection was not answered in time.'),
    );
  }

  private open(welcome: ServerMessageOf<'welcome'>): void {
    const extensions = welcome.data.extensions ?? [];
    const isShared = sharingExtensions.every((extension) => extensions.includes(extension));
    this.state = isShared ? { kind: 'shared', welcome } : { kind: 'single' };
    this.settings.onWelcome(isShared);
    // Before the first one is told, which may leave at that: then nobody else keeps this socket.
    if (!isShared) this.moveOn([...this.channels].slice(1));
    for (const channel of [...this.channels]) channel.ready(welcome);
  }

  private moveOn(channels: readonly CrawlChannel[]): void {
    for (const channel of channels) {
      this.channels.delete(channel);
      this.settings.moveOn(channel);
    }
  }

  private receive(message: ServerMessage, byteCount: number): void {
    this.channelOf(message.request_id)?.receive(message, byteCount);
  }

  /** Answers without an id are for the only one, or for nobody. */
  private channelOf(requestId: string | undefined): CrawlChannel | undefined {
    for (const channel of this.channels) {
      if (!this.isShared || (requestId !== undefined && channel.hasAsked(requestId))) return channel;
    }
    return undefined;
  }

  private end(error: ClientError): void {
    this.state = { kind: 'over' };
    const channels = [...this.channels];
    this.channels.clear();
    const busy = channels.filter(({ isBusy }) => isBusy).length;
    for (const channel of channels) channel.end(error, busy > 1);
  }
}
