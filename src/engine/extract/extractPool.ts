import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { CrawlFailure } from '../crawlFailure';
import { priorityOf, type ExtractJob, type ThreadPriority } from './extractJob';
import type { ExtractTask, ReadPage } from './extractTask';
import { ExtractThread } from './extractThread';

export interface ExtractPoolOptions {
  /** The built worker (`extractWorker.js`). */
  workerPath: string;
  /** Most threads at work, beside those with slow pages; by default one for each core, at least one and at most eight. */
  size?: number;
  /** How long one page may take. */
  timeoutMs?: number;
  /** How long it may take before other pages get a thread in its place. */
  patienceMs?: number;
}

const maxThreads = 8;
/** Of bytecode, in bytes. V8's own limit has walks over the tree inlined into dozens of functions, in each thread anew. */
const maxInlined = 300;
const defaultTimeoutMs = 15_000;
const defaultPatienceMs = 1_000;

/**
 * Reads pages in worker threads, so that no page holds up the thread with the sockets. Threads start when first needed;
 * one that overruns its time or memory, or crashes, is ended and its page fails, and the next page gets a new one. A page
 * that merely takes long keeps its thread, and another one is started for the others.
 */
export class ExtractPool {
  private readonly workerPath: string;
  private readonly size: number;
  private readonly timeoutMs: number;
  private readonly patienceMs: number;
  private readonly threads = new Set<ExtractThread>();
  /** Apart, so that no page waits behind a large one that has no thread yet. */
  private readonly waiting: Record<ThreadPriority, ExtractJob[]> = { normal: [], low: [] };
  private readonly unsettled = new Map<ExtractJob, () => void>();
  private isDisposed = false;

  constructor(options: ExtractPoolOptions) {
    this.workerPath = options.workerPath;
    this.size = options.size ?? Math.min(maxThreads, availableParallelism());
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.patienceMs = Math.min(options.patienceMs ?? defaultPatienceMs, this.timeoutMs);
  }

  /**
   * Reads one page, waiting for a free thread. The bytes of a large body are handed over to the thread where they can be:
   * do not use `task.body` afterwards. A task cancelled while it runs fails at once; its thread is free when the page is
   * done or its time is up.
   *
   * @throws CrawlFailure `needs-javascript`, `extraction-timeout`, `extraction-failed` or `cancelled`.
   */
  extract(task: ExtractTask, signal?: AbortSignal): Promise<ReadPage> {
    return new Promise((resolve, reject) => {
      if (this.isDisposed || signal?.aborted) {
        reject(cancelled());
        return;
      }
      const cancel = (): void => {
        const waiting = this.waiting[priorityOf(job)];
        const at = waiting.indexOf(job);
        if (at >= 0) waiting.splice(at, 1);
        job.settle(cancelled());
      };
      const job: ExtractJob = {
        task,
        settle: (outcome) => {
          signal?.removeEventListener('abort', cancel);
          this.unsettled.delete(job);
          if (outcome instanceof CrawlFailure) reject(outcome);
          else resolve(outcome);
        },
      };
      // One signal cancels all pages of a crawl, so many listeners on it are no leak.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', cancel);
      this.unsettled.set(job, cancel);
      this.waiting[priorityOf(job)].push(job);
      this.startWaiting();
    });
  }

  /** Starts a thread before the first page needs it: loading the parser takes longer than most pages do. */
  warmUp(): void {
    this.startThread('normal');
  }

  /** Ends every thread; tasks that wait or run fail with `cancelled`. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    for (const cancel of [...this.unsettled.values()]) cancel();
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
    this.threads.clear();
  }

  private startWaiting(): void {
    for (const waiting of Object.values(this.waiting)) {
      for (let [job] = waiting; job && !this.isDisposed; [job] = waiting) {
        const thread = this.threadFor(job);
        if (!thread) break;
        waiting.shift();
        thread.read(job);
      }
    }
  }

  private threadFor(job: ExtractJob): ExtractThread | undefined {
    const priority = priorityOf(job);
    const threads = this.threadsOf(priority);
    const busy = threads.filter(({ isIdle, isSlow }) => !isIdle && !isSlow);
    const hasRoom = busy.length < this.sizeOf(priority);
    const free = hasRoom ? (threads.find(({ isIdle }) => isIdle) ?? this.startThread(priority)) : undefined;
    return free ?? busy.find((thread) => thread.takesNext(job));
  }

  /** Each thread compiles all code for itself, which is seldom worth it for pages that are few. */
  private sizeOf(priority: ThreadPriority): number {
    return priority === 'normal' ? this.size : Math.ceil(this.size / 2);
  }

  private threadsOf(priority: ThreadPriority): ExtractThread[] {
    return [...this.threads].filter((thread) => thread.priority === priority);
  }

  private startThread(priority: ThreadPriority): ExtractThread | undefined {
    // Half as many again may be busy with slow pages, and are kept for the next ones.
    if (this.threadsOf(priority).length >= this.sizeOf(priority) * 1.5) return undefined;
    const { workerPath, timeoutMs, patienceMs } = this;
    const thread = new ExtractThread({
      priority,
      workerPath,
      timeoutMs,
      patienceMs,
      onOnline: () => this.inlineLess(),
      onRoom: () => this.startWaiting(),
      onLeft: (jobs) => this.readLater(jobs),
      onEnd: () => this.threads.delete(thread),
    });
    this.threads.add(thread);
    return thread;
  }

  /** Not before the threads are there: one that starts under other flags than Node was built with compiles all of Node. */
  private inlineLess(): void {
    if (this.threads.size < this.size) return;
    setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${maxInlined}`);
  }

  /** Before all others, since they came before them. */
  private readLater(jobs: ExtractJob[]): void {
    for (const job of jobs.toReversed()) {
      if (this.unsettled.has(job)) this.waiting[priorityOf(job)].unshift(job);
    }
    this.startWaiting();
  }
}

function cancelled(): CrawlFailure {
  return new CrawlFailure('cancelled', 'The crawl was cancelled.');
}
