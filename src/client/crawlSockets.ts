import type { ResultEncoding } from '../protocol/messages';
import { ClientError } from './clientError';
import type { Connection, ConnectionListener } from './connection';
import { CrawlChannel } from './crawlChannel';
import type { CrawlConnection, CrawlListener } from './crawlConnection';
import { SharedSocket } from './sharedSocket';

/** Gives the lanes of all crawls of a client their sockets: one for all, where the server can tell crawls apart. */
export class CrawlSockets {
  private readonly dial: (listener: ConnectionListener) => Connection;
  private readonly encoding: ResultEncoding;
  private shared: SharedSocket | undefined;
  private canShare = true;

  /** @param dial throws a ClientError `closed`. */
  constructor(dial: (listener: ConnectionListener) => Connection, encoding: ResultEncoding) {
    this.dial = dial;
    this.encoding = encoding;
  }

  /**
   * @param wantsOwn Whether it is to be a socket of its own.
   * @throws {ClientError} `closed`.
   */
  open(listener: CrawlListener, wantsOwn: boolean): CrawlConnection {
    const channel = new CrawlChannel(listener);
    if (wantsOwn || !this.canShare) {
      this.newSocket().join(channel);
    } else {
      if (this.shared?.isJoinable !== true) this.shared = this.newSocket();
      this.shared.join(channel);
    }
    return channel;
  }

  private newSocket(): SharedSocket {
    return new SharedSocket({
      dial: this.dial,
      encoding: this.encoding,
      onWelcome: (isShared) => (this.canShare = isShared),
      moveOn: (channel) => this.move(channel),
    });
  }

  private move(channel: CrawlChannel): void {
    try {
      this.newSocket().join(channel);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      channel.end(error, false);
    }
  }
}
