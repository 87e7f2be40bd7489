import { rfc3339 } from '../../protocol/encode';
import type {
  CrawlRequest,
  CreditGrant,
  Paused,
  RequestMark,
  ServerMessageData,
  ServerMessageType,
} from '../../protocol/messages';
import type { CrawlEvent } from '../crawlEvent';
import type { CountedCrawl } from './countedCrawl';
import { CreditWindow, type Frame } from './creditWindow';
import { encodeFrame, encodeResult } from './frames';
import type { KeptCrawls } from './keptCrawls';

/** The connection that a crawl is told to. */
export interface CrawlOutlet {
  readonly sessionId: string;
  send(frame: Frame): void;
  /** Resolves when its client has read enough for more to be sent. */
  drained(): Promise<void>;
  /** The crawl is over, or told to another connection. */
  crawlLeft(crawl: ServedCrawl): void;
}

/** The last message of a crawl. */
interface Ending {
  isTold: boolean;
  frame: Frame;
}

const requested: Paused = { reason: 'requested', message: 'The crawl is paused, as its client asked.' };

/**
 * One crawl served over a WebSocket. With credit it makes no page that the client has not asked for, and outlives its
 * connection; without, it goes as fast as the client reads.
 */
export class ServedCrawl {
  readonly requestId: string | undefined;
  private readonly counted: CountedCrawl;
  private readonly request: CrawlRequest;
  private readonly window: CreditWindow | undefined;
  private readonly kept: KeptCrawls;
  private readonly abort = new AbortController();
  private outlet: CrawlOutlet | undefined;
  private paused: Paused | undefined;
  private ending: Ending | undefined;
  private wake = (): void => undefined;

  constructor(
    counted: CountedCrawl,
    request: CrawlRequest,
    requestId: string | undefined,
    outlet: CrawlOutlet,
    kept: KeptCrawls,
  ) {
    this.counted = counted;
    this.kept = kept;
    this.request = request;
    this.requestId = requestId;
    this.outlet = outlet;
    this.window = request.credit === undefined ? undefined : new CreditWindow(request.credit);
  }

  /** Whether a later connection may go on with it. */
  get isResumable(): boolean {
    return this.window !== undefined && !this.abort.signal.aborted;
  }

  /** Told to its end, though its client may not have got all of it. */
  get isTold(): boolean {
    return this.ending?.isTold === true;
  }

  /** Resolves when the crawl is over, which is not before its client has had credit for all of it. */
  async run(): Promise<void> {
    const events = this.counted.events(this.abort.signal);
    this.announce();
    try {
      for (;;) {
        const event = await events.next();
        // One is asked for ahead: it may be the end, which needs no credit.
        if (event.done !== true && event.value.kind !== 'paused') await this.room();
        if (event.done === true || this.abort.signal.aborted) break;
        this.tell(event.value);
        await this.outlet?.drained();
      }
      this.end('summary', this.counted.summary);
    } catch (error) {
      const message = 'The crawl ended by a fault in the engine; its log has the details';
      this.end('error', { error_type: 'internal_error', message });
      throw error;
    } finally {
      await events.return(undefined);
    }
  }

  pause(): void {
    this.counted.lane.pause();
    this.tellPaused(requested);
  }

  unpause(): void {
    this.paused = undefined;
    this.counted.lane.unpause();
  }

  /** Ends it with its summary; pages under way are given up. */
  cancel(): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort();
    if (!this.isTold) this.send('summary', this.counted.summary);
    this.leave();
  }

  /** Ends it without a word. */
  abandon(): void {
    this.abort.abort();
    this.leave();
  }

  /** Nobody listens any more; as far as its credit goes, it goes on. */
  detach(): void {
    this.outlet = undefined;
  }

  /** False when the grant acknowledges what was never sent. */
  grant(grant: CreditGrant): boolean {
    if (this.window?.grant(grant) !== true) return false;
    this.flush();
    this.wake();
    return true;
  }

  /** Goes on at another connection, behind what that has received; false as for {@link grant}. */
  attach(outlet: CrawlOutlet, grant: CreditGrant): boolean {
    if (this.window?.grant(grant) !== true) return false;
    if (this.outlet !== outlet) this.outlet?.crawlLeft(this);
    this.outlet = outlet;
    this.kept.resumed(this);
    this.window.rewind();
    if (this.ending) this.ending.isTold = false;
    this.announce();
    if (this.paused) this.send('paused', this.paused);
    this.flush();
    this.wake();
    return true;
  }

  private async room(): Promise<void> {
    const { window } = this;
    if (!window) return;
    while (!window.hasRoom && !this.abort.signal.aborted) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private announce(): void {
    this.send('metadata', {
      total_urls: this.counted.total,
      session_id: this.outlet?.sessionId ?? '',
      timestamp: rfc3339(this.counted.startedAt),
      stream_type: 'crawl',
    });
  }

  private tell(event: CrawlEvent): void {
    switch (event.kind) {
      case 'page': {
        const { progress } = this.counted;
        this.sendNumbered((mark) => encodeResult(event, progress, mark, this.request.encoding));
        break;
      }
      case 'found':
        this.sendNumbered((mark) => encodeFrame('found', { pages: event.pages }, mark));
        break;
      case 'paused':
        // A client of 1.0 has no word to make it go on.
        if (this.requestId === undefined) this.unpause();
        else this.tellPaused({ reason: event.reason, message: event.message });
    }
  }

  private tellPaused(paused: Paused): void {
    this.paused = paused;
    this.send('paused', paused);
  }

  private sendNumbered(encode: (mark: RequestMark) => Frame): void {
    if (this.window) {
      this.window.add((sequence) => encode({ ...this.mark, sequence }));
      this.flush();
    } else {
      this.outlet?.send(encode(this.mark));
    }
  }

  private send<Type extends ServerMessageType>(type: Type, data: ServerMessageData[Type]): void {
    this.outlet?.send(encodeFrame(type, data, this.mark));
  }

  private end<Type extends 'summary' | 'error'>(type: Type, data: ServerMessageData[Type]): void {
    if (this.abort.signal.aborted) return;
    this.ending = { isTold: false, frame: encodeFrame(type, data, this.mark) };
    this.flush();
  }

  private flush(): void {
    const { outlet, window, ending } = this;
    if (!outlet) return;
    for (const frame of window?.takeDue() ?? []) outlet.send(frame);
    if (ending && !ending.isTold && (window?.isAllSent ?? true)) {
      ending.isTold = true;
      outlet.send(ending.frame);
    }
    if (!this.isTold) return;
    if (window?.isAllReceived ?? true) this.leave();
    else this.kept.wait(this);
  }

  private leave(): void {
    this.kept.forget(this);
    this.wake();
    this.outlet?.crawlLeft(this);
    this.outlet = undefined;
  }

  private get mark(): RequestMark {
    return this.requestId === undefined ? {} : { request_id: this.requestId };
  }
}
