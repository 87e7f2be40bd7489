import type { Logger } from '../base/logger';
import type { ClientMessage, CrawlOptions, ServerMessage, ServerMessageOf } from '../protocol/messages';
import { BatchedCrawl, type CrawlAnswer } from './batchedCrawl';
import { ClientError, refusedByServer } from './clientError';
import type { Connection, ConnectionListener } from './connection';
import { MessageQueue } from './messageQueue';

/** What a crawl yields: one welcome, one metadata, each result as it completes, one summary. */
export type CrawlMessage = ServerMessageOf<'welcome'> | CrawlAnswer;

export interface CrawlStreamSettings {
  urls: readonly string[];
  options: CrawlOptions | null;
  signal: AbortSignal | undefined;
  onMessage: ((message: CrawlMessage) => void) | undefined;
  url: string;
  responseTimeoutMs: number;
  idleTimeoutMs: number;
  logger: Logger;
  /** @throws {ClientError} `closed`. */
  connect: (listener: ConnectionListener) => Connection;
}

/**
 * One crawl on a connection of its own, since a 1.0 server runs one crawl a connection and may drop every later
 * message of a connection that was read too slowly. Reading never waits for the iteration.
 */
export class CrawlStream implements AsyncIterableIterator<CrawlMessage, undefined> {
  private readonly settings: CrawlStreamSettings;
  private readonly crawl: BatchedCrawl;
  private readonly queue = new MessageQueue<CrawlMessage>();
  private state: 'unstarted' | 'connecting' | 'awaiting-answer' | 'streaming' | 'over' = 'unstarted';
  private connection: Connection | undefined;
  private deadline: NodeJS.Timeout | undefined;

  constructor(settings: CrawlStreamSettings) {
    this.settings = settings;
    this.crawl = new BatchedCrawl(settings.urls, settings.options);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws {ClientError} once, after what arrived before the error was read; at once after an abort. */
  async next(): Promise<IteratorResult<CrawlMessage, undefined>> {
    if (this.settings.signal?.aborted) this.cancel();
    else if (this.state === 'unstarted') this.start();
    return this.queue.next();
  }

  /** Ends the crawl: called by `break` in a loop over it. */
  return(): Promise<IteratorResult<CrawlMessage, undefined>> {
    this.end(undefined);
    this.queue.discard();
    return this.queue.next();
  }

  private start(): void {
    if (this.crawl.total === 0) {
      this.end(new ClientError('crawl-refused', 'A crawl needs at least one URL, but the list is empty.'));
      return;
    }
    this.connection = this.settings.connect({
      onOpen: (_session, welcome) => {
        this.deliver(welcome);
        this.askForNextBatch();
      },
      onMessage: (message) => this.receive(message),
      onActivity: () => {
        if (this.state === 'streaming') this.deadline?.refresh();
      },
      onEnd: (error) => this.end(this.withCount(error)),
    });
    this.state = 'connecting';
    this.settings.signal?.addEventListener('abort', this.cancel);
  }

  private askForNextBatch(): void {
    // A listener of the caller may have ended the crawl on the message before.
    if (this.state === 'over') return;
    const request = this.crawl.nextRequest();
    if (request !== undefined) {
      this.ask(request);
      return;
    }
    this.connection?.close();
    this.end(undefined);
  }

  private ask(request: ClientMessage): void {
    const { url, responseTimeoutMs } = this.settings;
    this.state = 'awaiting-answer';
    this.connection?.send(request);
    this.expectWithin(
      responseTimeoutMs,
      `${url} did not answer the crawl request within ${responseTimeoutMs} ms.` +
        ' A RipTide server is silent when it cannot read a request; check the crawl options.',
    );
  }

  private receive(message: ServerMessage): void {
    switch (message.message_type) {
      case 'metadata':
      case 'result':
      case 'summary':
        this.receiveAnswer(message);
        return;
      case 'error':
        this.end(refusedByServer(this.settings.url, message.data));
        return;
      case 'welcome':
      case 'pong':
      case 'status':
        this.settings.logger.debug(
          `${this.settings.url}: skipped a "${message.message_type}" during a crawl.`,
        );
    }
  }

  private receiveAnswer(answer: CrawlAnswer): void {
    if (this.state === 'awaiting-answer') this.beginStreaming();
    let folded: CrawlAnswer | undefined;
    try {
      folded = this.crawl.fold(answer);
    } catch (cause) {
      const text = `${this.settings.url} sent a message that breaks the protocol: ${(cause as Error).message}.`;
      this.end(new ClientError('protocol', text, { cause }));
      return;
    }
    if (folded !== undefined) {
      this.deliver(folded);
    } else if (answer.message_type === 'result') {
      this.settings.logger.warn(
        `${this.settings.url}: skipped a second result for index ${answer.data.index}.`,
      );
    }
    if (answer.message_type === 'summary') this.askForNextBatch();
  }

  private beginStreaming(): void {
    const { url, idleTimeoutMs } = this.settings;
    this.state = 'streaming';
    this.expectWithin(idleTimeoutMs, `${url} sent nothing for ${idleTimeoutMs} ms in the middle of a crawl.`);
  }

  private deliver(message: CrawlMessage): void {
    if (this.state === 'over') return;
    this.queue.push(message);
    try {
      this.settings.onMessage?.(message);
    } catch (error) {
      this.settings.logger.error(`The onMessage callback of a crawl threw: ${String(error)}`);
    }
  }

  private expectWithin(timeoutMs: number, complaint: string): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => {
      this.end(this.withCount(new ClientError('response-timeout', complaint)));
    }, timeoutMs);
  }

  // An arrow function, so that the same one can be taken off the signal again.
  private readonly cancel = (): void => {
    const error = new ClientError('cancelled', 'The crawl was cancelled.', {
      cause: this.settings.signal?.reason,
    });
    this.end(error);
    this.queue.discard(error);
  };

  private end(error: ClientError | undefined): void {
    if (this.state === 'over') return;
    this.state = 'over';
    clearTimeout(this.deadline);
    this.settings.signal?.removeEventListener('abort', this.cancel);
    // A server that still crawls would not read a Close frame before it is through.
    this.connection?.terminate();
    this.queue.end(error);
  }

  private withCount(error: ClientError): ClientError {
    if (this.state === 'unstarted' || this.state === 'connecting') return error;
    const count = `${this.crawl.receivedCount} of ${this.crawl.total} results had arrived.`;
    return new ClientError(error.reason, `${error.message} ${count}`, { cause: error.cause });
  }
}
