import type { ServerMessageOf, Welcome } from '../protocol/messages';
import type { Batch } from './batchQueue';
import type { ClientError } from './clientError';
import type { CrawlConnection, CrawlListener, Resumption } from './crawlConnection';
import type { PausedEvent } from './crawlEvent';
import { CrawlExchange } from './crawlExchange';
import type { CrawlLaneSettings } from './crawlLaneSettings';
import type { CrawlTask, ServerTraits } from './crawlTask';

/** A healthy 1.0 server may be silent for 40 s, pings included (protocol 1.10), and a proxy makes it no faster. */
const leastIdleTimeoutMs = 60_000;

export interface LineListener {
  /** The server holds, or says that it does as it was asked to. */
  onPaused: (message: PausedEvent) => void;
  onProgress: () => void;
}

type LineState =
  | { kind: 'opening' }
  | { kind: 'open' }
  | { kind: 'over'; error: ClientError; resumption: Resumption | undefined };

/** One connection of a lane, and what is asked for over it. */
export class CrawlLine {
  readonly connection: CrawlConnection;
  /** Settles once; @throws {ClientError} why requests cannot be sent. */
  readonly opened: Promise<void>;
  private readonly settings: CrawlLaneSettings;
  private readonly task: CrawlTask;
  private readonly listener: LineListener;
  private readonly askedUrls = new Set<string>();
  private state: LineState = { kind: 'opening' };
  private traits: ServerTraits;
  private exchange: CrawlExchange | undefined;
  private resolveOpened: () => void = () => undefined;
  private rejectOpened: (error: ClientError) => void = () => undefined;

  /** @throws {ClientError} `closed`. */
  constructor(settings: CrawlLaneSettings, task: CrawlTask, listener: LineListener, wantsOwn: boolean) {
    this.settings = settings;
    this.task = task;
    this.listener = listener;
    this.opened = new Promise((resolve, reject) => {
      this.resolveOpened = resolve;
      this.rejectOpened = reject;
    });
    this.connection = settings.connect(this.listening(), wantsOwn);
    this.traits = { rules: 'engine', extensions: [], maxUrls: this.connection.maxUrls };
  }

  get isOpen(): boolean {
    return this.state.kind === 'open';
  }

  /** Told by its welcome, which an HTTP server does not have. */
  get server(): ServerTraits {
    return this.traits;
  }

  get failure(): ClientError | undefined {
    return this.state.kind === 'over' ? this.state.error : undefined;
  }

  /** By which a later connection may go on. */
  get resumption(): Resumption | undefined {
    return this.state.kind === 'over' ? this.state.resumption : this.connection.control?.resumption;
  }

  /** For what is asked for next. */
  begin(batch: Batch): CrawlExchange {
    const { url, responseTimeoutMs, idleTimeoutMs, metrics, logger } = this.settings;
    for (const index of batch) this.askedUrls.add(this.task.account.urlOf(index));
    this.exchange = new CrawlExchange(
      {
        url,
        responseTimeoutMs,
        isStream: this.connection.isStream,
        isShared: this.connection.control !== undefined,
        idleTimeoutMs:
          this.traits.rules === 'riptide' ? Math.max(leastIdleTimeoutMs, idleTimeoutMs) : idleTimeoutMs,
        askedUrls: this.askedUrls,
        onProgress: this.listener.onProgress,
        onStray: (place) => {
          metrics.ignoredResults += 1;
          logger.warn(`${url}: skipped a second or late result for index ${place}.`);
        },
        onBreach: (error) => this.connection.fail(error),
      },
      this.task,
      batch,
    );
    return this.exchange;
  }

  private open(welcome: ServerMessageOf<'welcome'> | undefined): void {
    if (welcome) this.traits = traitsOf(welcome.data, this.connection.maxUrls);
    const objection = this.task.objectionTo(this.traits);
    if (objection) {
      this.connection.fail(objection);
      return;
    }
    this.state = { kind: 'open' };
    if (welcome) {
      this.task.account.welcome(welcome);
      this.settings.onLetIn();
    }
    this.resolveOpened();
  }

  private listening(): CrawlListener {
    const { onLetIn, takesRawResults } = this.settings;
    return {
      onReady: (welcome) => this.open(welcome),
      onMessage: (message, byteCount) => {
        if (message.message_type !== 'error') onLetIn();
        if (message.message_type === 'paused') this.listener.onPaused(message);
        this.exchange?.receive(message, byteCount);
      },
      ...(takesRawResults && {
        onRawResult: (raw) => {
          onLetIn();
          this.exchange?.receiveRaw(raw);
        },
      }),
      onActivity: () => this.exchange?.touch(),
      onEnd: (error, resumption) => {
        this.state = { kind: 'over', error, resumption };
        this.rejectOpened(error);
        this.exchange?.fail(error);
      },
    };
  }
}

/** Only a server of 1.0 announces nothing. */
function traitsOf({ extensions }: Welcome, maxUrls: number): ServerTraits {
  return { rules: extensions === undefined ? 'riptide' : 'engine', extensions: extensions ?? [], maxUrls };
}
