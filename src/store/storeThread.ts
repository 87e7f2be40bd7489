import { Worker } from 'node:worker_threads';
import { Emitter } from '../base/emitter';
import type { FoundPage, PageResult } from '../protocol/messages';
import { ResultBatch, type FullBatch, type Writer } from './resultBatch';
import { StoreError } from './storeError';
import type {
  StoreCallName,
  StoreCalls,
  StoreChange,
  StoreFailure,
  StoreReply,
  StoreRequest,
  StoreThreadData,
  Written,
} from './storeMessages';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: StoreError) => void;
}

/** The thread that owns the database, seen from outside: requests go in, promises come out. */
export class StoreThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly batch = new ResultBatch((batch) => this.writeAll(batch));
  private readonly committed = new Emitter<StoreChange>();
  private readonly exited: Promise<void>;
  private lastRequestId = 0;
  /** Why no request is taken any more. */
  private end: StoreError | null = null;

  /** Results, or found pages, are on disk. */
  readonly onDidCommit = this.committed.event;

  private constructor(worker: Worker) {
    this.worker = worker;
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('error', (error) => this.fail(`The store's thread failed: ${String(error)}`));
    worker.on('exit', () => this.fail("The store's thread has ended"));
  }

  /** @throws {StoreError} when the database cannot be opened; the thread is gone then. */
  static async start(workerPath: string, data: StoreThreadData): Promise<StoreThread> {
    const thread = new StoreThread(new Worker(workerPath, { workerData: data }));
    await new Promise<void>((resolve, reject) => {
      // Never taken by a request, since those count from 1.
      thread.waiting.set(0, { resolve: () => resolve(), reject });
      thread.worker.on('message', (reply: StoreReply) => thread.receive(reply));
    });
    return thread;
  }

  call<Name extends StoreCallName>(
    name: Name,
    ...values: Parameters<StoreCalls[Name]>
  ): Promise<ReturnType<StoreCalls[Name]>> {
    const answer = this.request((requestId) => {
      // So that it sees every result that was added before it.
      this.batch.flush();
      this.post({ kind: 'call', requestId, name, arguments: values });
    });
    return answer as Promise<ReturnType<StoreCalls[Name]>>;
  }

  add(crawlId: string, result: PageResult): Promise<void> {
    return this.write((writer) => this.batch.add({ kind: 'add', crawlId, result }, writer));
  }

  addRaw(crawlId: string, index: number, message: Buffer): Promise<void> {
    return this.write((writer) => this.batch.addRaw(crawlId, index, message, writer));
  }

  addPages(crawlId: string, pages: readonly FoundPage[]): Promise<void> {
    return this.write((writer) => this.batch.add({ kind: 'addPages', crawlId, pages }, writer));
  }

  /** Writes what was added and ends the thread. */
  async close(): Promise<void> {
    if (this.end === null) {
      const closing = this.call('close');
      this.end = new StoreError('closed', 'The store is closed');
      await closing;
      await this.worker.terminate();
    }
    await this.exited;
  }

  private request<Value>(send: (requestId: number) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.end !== null) {
        reject(this.end);
        return;
      }
      const requestId = ++this.lastRequestId;
      this.waiting.set(requestId, { resolve: resolve as Waiting['resolve'], reject });
      send(requestId);
    });
  }

  private write(add: (writer: Writer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.end === null) add({ resolve, reject });
      else reject(this.end);
    });
  }

  private async writeAll({ additions, memory, writers }: FullBatch): Promise<void> {
    try {
      const { refusals, changes } = await this.request<Written>((requestId) =>
        this.post({ kind: 'write', requestId, additions, memory }),
      );
      for (const [at, { resolve, reject }] of writers.entries()) {
        const failure = refusals.get(at);
        if (failure === undefined) resolve();
        else reject(toError(failure));
      }
      for (const change of changes) this.committed.fire(change);
    } catch (error) {
      for (const { reject } of writers) reject(error as StoreError);
    }
  }

  private post(request: StoreRequest): void {
    this.worker.postMessage(request);
  }

  private receive(reply: StoreReply): void {
    switch (reply.kind) {
      case 'opened':
        this.take(0)?.resolve(undefined);
        break;
      case 'notOpened':
        this.take(0)?.reject(toError(reply.failure));
        break;
      case 'answered':
        this.take(reply.requestId)?.resolve(reply.value);
        break;
      case 'refused':
        this.take(reply.requestId)?.reject(toError(reply.failure));
        break;
    }
  }

  private take(requestId: number): Waiting | undefined {
    const waiting = this.waiting.get(requestId);
    this.waiting.delete(requestId);
    return waiting;
  }

  private fail(message: string): void {
    this.end ??= new StoreError('failed', message);
    for (const { reject } of this.waiting.values()) reject(this.end);
    this.waiting.clear();
  }
}

function toError({ reason, message }: StoreFailure): StoreError {
  return new StoreError(reason, message);
}
