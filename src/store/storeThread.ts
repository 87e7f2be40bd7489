import { Worker } from 'node:worker_threads';
import { Emitter } from '../base/emitter';
import type { FoundPage, PageResult } from '../protocol/messages';
import { packAdditions, type Added } from './packAdditions';
import { ResultBatch } from './resultBatch';
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

interface Pending {
  added: Added;
  resolve: () => void;
  reject: (error: StoreError) => void;
}

/** The thread that owns the database, seen from outside: requests go in, promises come out. */
export class StoreThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly batch = new ResultBatch<Pending>((pending) => this.writeAll(pending));
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
    return this.write({ kind: 'add', crawlId, result });
  }

  addRaw(crawlId: string, index: number, message: Buffer): Promise<void> {
    return this.write({ kind: 'raw', crawlId, index, message }, message.length);
  }

  addPages(crawlId: string, pages: readonly FoundPage[]): Promise<void> {
    return this.write({ kind: 'addPages', crawlId, pages });
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

  private write(added: Added, byteCount = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.end === null) this.batch.add({ added, resolve, reject }, byteCount);
      else reject(this.end);
    });
  }

  private writeAll(pending: readonly Pending[]): void {
    const { additions, bytes } = packAdditions(pending.map(({ added }) => added));
    const writing = this.request<Written>((requestId) =>
      this.post({ kind: 'write', requestId, additions, bytes }, [bytes]),
    );
    writing.then(
      ({ refusals, changes }) => {
        for (const [at, { resolve, reject }] of pending.entries()) {
          const failure = refusals.get(at);
          if (failure === undefined) resolve();
          else reject(toError(failure));
        }
        for (const change of changes) this.committed.fire(change);
      },
      (error: unknown) => {
        for (const { reject } of pending) reject(error as StoreError);
      },
    );
  }

  private post(request: StoreRequest, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, transfer);
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
