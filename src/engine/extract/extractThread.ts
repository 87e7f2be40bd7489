import { Worker } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import { isCopied, type ExtractJob, type ThreadPriority } from './extractJob';
import type { ExtractReply, ExtractTask } from './extractTask';

/** What the thread's worker is started with. */
export interface ExtractThreadData {
  priority: ThreadPriority;
}

export interface ExtractThreadOptions {
  priority: ThreadPriority;
  /** The built worker (`extractWorker.js`). */
  workerPath: string;
  /** How long one page may take. */
  timeoutMs: number;
  /** How long it may take before it counts as slow. */
  patienceMs: number;
  onOnline: () => void;
  /** It is done with a page. */
  onRoom: () => void;
  /** It is dead. */
  onEnd: () => void;
  /** Another thread had better read these, which have waited here. */
  onLeft: (jobs: ExtractJob[]) => void;
}

const maxHeapMb = 512;

/** What a page leaves behind is garbage at once: with more room for it threads take more memory, and no less time. */
const maxYoungHeapMb = 24;

/** One worker thread. A page that ends it leaves `isAlive` false. */
export class ExtractThread {
  isAlive = true;
  /** Its page takes long. */
  isSlow = false;
  readonly priority: ThreadPriority;
  private readonly worker: Worker;
  private readonly options: ExtractThreadOptions;
  /** In the order in which their outcomes come; the first is being read. */
  private jobs: ExtractJob[] = [];
  private isOnline = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: ExtractThreadOptions) {
    this.options = options;
    this.priority = options.priority;
    const workerData: ExtractThreadData = { priority: options.priority };
    this.worker = new Worker(options.workerPath, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: maxYoungHeapMb },
    });
    this.worker.once('online', () => {
      this.isOnline = true;
      const [first] = this.jobs;
      if (first) this.watch(first.task);
      options.onOnline();
    });
    this.worker.on('message', (reply: ExtractReply) => this.receive(reply));
    this.worker.on('error', (error) => this.fail(describe(error)));
    this.worker.on('messageerror', (error) => this.fail(error.message));
    this.worker.on('exit', () => this.fail('The thread that read the page ended.'));
  }

  get isIdle(): boolean {
    return this.isAlive && this.jobs.length === 0;
  }

  /** Whether a page may be left here, so that the thread finds it when it is done with the one before. */
  takesNext(job: ExtractJob): boolean {
    const [running] = this.jobs;
    // Nobody should wait behind a page that may take long.
    return this.jobs.length === 1 && running !== undefined && isCopied(running) && isCopied(job);
  }

  /** Settles it with the page, or with `needs-javascript`, `extraction-timeout` or `extraction-failed`. */
  read(job: ExtractJob): void {
    const { task } = job;
    this.jobs.push(job);
    // A page's time does not begin before its thread has begun.
    if (this.jobs.length === 1 && this.isOnline) this.watch(task);
    const body = ownBuffer(task.body);
    this.worker.postMessage({ ...task, body }, isCopied(job) ? [] : [body.buffer]);
  }

  async terminate(): Promise<void> {
    this.isAlive = false;
    clearTimeout(this.timer);
    await this.worker.terminate();
  }

  private watch({ url }: ExtractTask): void {
    const { timeoutMs, patienceMs } = this.options;
    const end = (): void => {
      const message = `Reading ${url} took longer than ${timeoutMs / 1000} s and was stopped.`;
      this.endWith(new CrawlFailure('extraction-timeout', message));
    };
    this.timer = setTimeout(() => {
      this.timer = setTimeout(end, timeoutMs - patienceMs);
      this.isSlow = true;
      this.options.onLeft(this.giveUpWaiting());
    }, patienceMs);
  }

  /** The thread has them already, but what it will say of them is of no interest any more. */
  private giveUpWaiting(): ExtractJob[] {
    const waiting = this.jobs.slice(1);
    this.jobs = [...this.jobs.slice(0, 1), ...waiting.map(({ task }) => ({ task, settle: () => undefined }))];
    return waiting;
  }

  private receive(reply: ExtractReply): void {
    clearTimeout(this.timer);
    const [done, next] = this.jobs;
    this.jobs.shift();
    this.isSlow = false;
    if (next) this.watch(next.task);
    done?.settle(reply.kind === 'read' ? reply.page : new CrawlFailure(reply.reason, reply.message));
    this.options.onRoom();
  }

  private fail(message: string): void {
    this.endWith(new CrawlFailure('extraction-failed', message));
  }

  private endWith(failure: CrawlFailure): void {
    if (!this.isAlive) return;
    void this.terminate();
    const [running, ...waiting] = this.jobs;
    this.jobs = [];
    running?.settle(failure);
    this.options.onEnd();
    this.options.onLeft(waiting);
  }
}

function describe(error: Error): string {
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isOutOfMemory ? `Reading the page took more than ${maxHeapMb} MB of memory.` : error.message;
}

/** Of a part of a buffer, all of that would go to the thread. */
function ownBuffer(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = body.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength;
  return isWhole ? new Uint8Array(body.buffer) : new Uint8Array(body);
}
