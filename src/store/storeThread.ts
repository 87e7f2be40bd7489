import { Worker } from 'node:worker_threads';
import { Emitter } from '../base/emitter';
import type { FoundPage, PageResult } from '../protocol/messages';
import { ResultBatch } from './resultBatch';
import { StoreError } from './storeError';
import type {
  Addition,
  StoreCallName,
  StoreCalls,
  StoreChange,
  StoreReply,
  StoreRequest,
  StoreThreadData,
} from './storeMessages';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: StoreError) => void;
}

/** An addition, with the bytes of a raw result. */
interface Pending {
  addition: Addition;
  bytes: Buffer | null;
}

/** The thread that owns the database, seen from outside: requests go in, promises come out. */
export class StoreThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly batch = new ResultBatch<Pending>((pending) => this.write(pending));
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
    return this.request((requestId) => {
      this.batch.add({ addition: { kind: 'add', requestId, crawlId, result }, bytes: null });
    });
  }

  addRaw(crawlId: string, index: number, bytes: Buffer): Promise<void> {
    return this.request((requestId) => {
      const addition = { kind: 'addRaw', requestId, crawlId, index, start: 0, end: bytes.length } as const;
      this.batch.add({ addition, bytes }, bytes.length);
    });
  }

  addPages(crawlId: string, pages: readonly FoundPage[]): Promise<void> {
    return this.request((requestId) => {
      this.batch.add({ addition: { kind: 'addPages', requestId, crawlId, pages }, bytes: null });
    });
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

  /** Messages are copied once: what the socket reads into holds many of them, so it cannot be given away. */
  private write(pending: readonly Pending[]): void {
    const size = pending.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
    const bytes = Buffer.allocUnsafeSlow(size);
    let start = 0;
    const additions = pending.map(({ addition, bytes: message }): Addition => {
      if (addition.kind !== 'addRaw' || message === null) return addition;
      const end = start + message.copy(bytes, start);
      const placed = { ...addition, start, end };
      start = end;
      return placed;
    });
    this.post({ kind: 'write', additions, bytes: bytes.buffer }, [bytes.buffer]);
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
        this.take(0)?.reject(new StoreError(reply.failure.reason, reply.failure.message));
        break;
      case 'answered':
        this.take(reply.requestId)?.resolve(reply.value);
        break;
      case 'refused':
        this.take(reply.requestId)?.reject(new StoreError(reply.failure.reason, reply.failure.message));
        break;
      case 'added':
        for (const requestId of reply.requestIds) this.take(requestId)?.resolve(undefined);
        for (const change of reply.changes) this.committed.fire(change);
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
