import { availableParallelism } from 'node:os';
import { CrawlFailure } from '../crawlFailure';
import type { ExtractTask, ReadPage } from './extractTask';
import { ExtractThread } from './extractThread';

export interface ExtractPoolOptions {
  /** The built worker (`extractWorker.js`). */
  workerPath: string;
  /** Most threads at a time; by default one for each core, at least one and at most eight. */
  size?: number;
  /** How long one page may take. */
  timeoutMs?: number;
}

interface WaitingTask {
  task: ExtractTask;
  start: (thread: ExtractThread) => void;
}

const maxThreads = 8;
const defaultTimeoutMs = 15_000;

/**
 * Reads pages in worker threads, so that no page holds up the thread with the sockets. Threads start
 * when first needed; one that overruns its time or memory, or crashes, is ended and its page fails,
 * and the next page gets a new one.
 */
export class ExtractPool {
  private readonly workerPath: string;
  private readonly size: number;
  private readonly timeoutMs: number;
  private readonly threads = new Set<ExtractThread>();
  private readonly idle: ExtractThread[] = [];
  private readonly waiting: WaitingTask[] = [];
  /** Aborted by `dispose`, which ends every task with `cancelled`. */
  private readonly disposal = new AbortController();

  constructor(options: ExtractPoolOptions) {
    this.workerPath = options.workerPath;
    this.size = options.size ?? Math.min(maxThreads, availableParallelism());
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  /**
   * Reads one page, waiting for a free thread. The body's bytes are handed over to the thread where
   * they can be: do not use `task.body` afterwards. A task cancelled while it runs fails at once; its
   * thread is free when the page is done or its time is up.
   *
   * @throws CrawlFailure `needs-javascript`, `extraction-timeout`, `extraction-failed` or `cancelled`.
   */
  async extract(task: ExtractTask, signal?: AbortSignal): Promise<ReadPage> {
    // A signal of its own for each task: hundreds may wait, and a shared one warns of its many listeners.
    const ended = AbortSignal.any(signal ? [signal, this.disposal.signal] : [this.disposal.signal]);
    return await new Promise<ReadPage>((resolve, reject) => {
      const cancel = () => {
        const at = this.waiting.indexOf(waiting);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(new CrawlFailure('cancelled', 'The crawl was cancelled.'));
      };
      const waiting: WaitingTask = {
        task,
        start: (thread) => {
          const stopListening = () => ended.removeEventListener('abort', cancel);
          this.run(thread, task).finally(stopListening).then(resolve, reject);
        },
      };
      if (ended.aborted) {
        cancel();
        return;
      }
      ended.addEventListener('abort', cancel, { once: true });
      this.waiting.push(waiting);
      this.startWaiting();
    });
  }

  /** Starts a thread before the first page needs it: loading the parser takes longer than most pages do. */
  warmUp(): void {
    const thread = this.startThread();
    if (thread) this.idle.push(thread);
  }

  /** Ends every thread; tasks that wait or run fail with `cancelled`. */
  async dispose(): Promise<void> {
    this.disposal.abort();
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
    this.threads.clear();
  }

  private startWaiting(): void {
    while (this.waiting.length > 0 && !this.disposal.signal.aborted) {
      const thread = this.takeIdle() ?? this.startThread();
      if (!thread) return;
      this.waiting.shift()?.start(thread);
    }
  }

  private takeIdle(): ExtractThread | null {
    for (let thread = this.idle.pop(); thread; thread = this.idle.pop()) {
      if (thread.isAlive) return thread;
      // It ended with nothing to do, so no page has told of it.
      this.threads.delete(thread);
    }
    return null;
  }

  private startThread(): ExtractThread | null {
    if (this.threads.size >= this.size) return null;
    const thread = new ExtractThread(this.workerPath);
    this.threads.add(thread);
    return thread;
  }

  private async run(thread: ExtractThread, task: ExtractTask): Promise<ReadPage> {
    try {
      return await thread.run(task, this.timeoutMs);
    } finally {
      if (thread.isAlive) this.idle.push(thread);
      else this.threads.delete(thread);
      this.startWaiting();
    }
  }
}
