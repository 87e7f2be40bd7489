import { WebSocket, type RawData } from 'ws';
import { decodeClientMessage } from '../../protocol/decodeClientMessage';
import { ProtocolError } from '../../protocol/protocolError';
import type { Fault } from './faults';

const latchedAfterMessages = 25;
const slowAfterResults = 10;

interface Sent {
  message_type: string;
  data: Record<string, unknown>;
}

/** Close codes by which `ws` ends a connection whose frames are broken or too large. */
const breachCodes: readonly (number | undefined)[] = [1002, 1007, 1009];

/** A WebSocket that stands between the server and its client, and serves the faults. It is that of a 1.0 server. */
export function strictSocket(faults: ReadonlySet<Fault>): typeof WebSocket {
  return class StrictSocket extends WebSocket {
    private isCrawling = false;
    private isWedged = false;
    private crawlMessages = 0;
    private results = 0;
    /** Of the crawl under way. */
    private crawl = { total: 0, successful: 0, failed: 0, isOver: false };
    private missedPings: string[] = [];

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      const isSilent =
        event === 'message' && faults.has('silence') && isUnreadable(args as [RawData, boolean]);
      return isSilent ? true : super.emit(event, ...args);
    }

    /** A 1.0 client is sent nothing but text. */
    override send(frame: unknown): void {
      const message = JSON.parse((frame as string | Buffer).toString()) as Sent;
      if (this.isWedged || this.isDropped(message) || this.isLeftOut(message)) return;
      const sent = this.isShort(message) ? this.shortSummary() : message;
      if (sent.message_type === 'welcome') delete sent.data.extensions;
      super.send(JSON.stringify(sent));
      this.follow(sent.message_type);
    }

    override ping(...args: unknown[]): void {
      if (this.isWedged) return;
      // One without a payload is the server's own way to wait until all is written.
      const [payload] = args;
      if (this.isCrawling && faults.has('late-pings') && typeof payload === 'string' && payload !== '') {
        this.missedPings.push(payload);
      } else {
        super.ping(...(args as []));
      }
    }

    override pong(...args: unknown[]): void {
      if (this.isWedged) return;
      super.pong(...(args as []));
      if (faults.has('double-pong')) super.pong(...(args as []));
    }

    override close(code?: number, reason?: string | Buffer): void {
      const isAbrupt = faults.has('abrupt-oversize') && breachCodes.includes(code);
      if (isAbrupt || faults.has('no-close-frame')) this.terminate();
      else super.close(code, reason);
    }

    /** Counts, as RipTide does, what belongs to crawls alone. */
    private isDropped({ message_type: type }: Sent): boolean {
      if (!faults.has('drop-latch') || !['metadata', 'result', 'summary'].includes(type)) return false;
      this.crawlMessages += 1;
      return this.crawlMessages > latchedAfterMessages;
    }

    /** Of a crawl that has had its summary already. */
    private isLeftOut({ message_type: type }: Sent): boolean {
      return this.crawl.isOver && (type === 'result' || type === 'summary');
    }

    private isShort({ message_type: type, data }: Sent): boolean {
      if (!faults.has('short-summary')) return false;
      if (type === 'metadata') {
        this.crawl = { total: Number(data.total_urls), successful: 0, failed: 0, isOver: false };
      }
      if (type !== 'result') return false;
      this.results += 1;
      if (this.results > slowAfterResults) return true;
      const { error } = data.result as { error: unknown };
      if (error === null) this.crawl.successful += 1;
      else this.crawl.failed += 1;
      return false;
    }

    private shortSummary(): Sent & { timestamp: string } {
      this.crawl.isOver = true;
      const { total: total_urls, successful, failed } = this.crawl;
      const data = { total_urls, successful, failed, total_processing_time_ms: 0 };
      return { message_type: 'summary', data, timestamp: new Date().toISOString() };
    }

    private follow(type: string): void {
      if (type === 'status' && faults.has('wedge')) {
        this.isWedged = true;
        this.pause();
      } else if (type === 'metadata') {
        this.isCrawling = true;
        if (faults.has('deaf-crawl')) this.pause();
      } else if (type === 'summary') {
        this.isCrawling = false;
        if (faults.has('deaf-crawl')) this.resume();
        for (const payload of this.missedPings.splice(0)) this.ping(payload);
      }
    }
  };
}

function isUnreadable([data, isBinary]: [RawData, boolean]): boolean {
  if (isBinary) return true;
  try {
    decodeClientMessage((data as Buffer).toString());
    return false;
  } catch (error) {
    // A request of an unknown type is the one fault that RipTide answers.
    return !(error instanceof ProtocolError && error.reason === 'unknown-type');
  }
}
