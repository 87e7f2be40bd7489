import { Worker } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import type { ReadPage, ExtractReply, ExtractTask } from './extractTask';

const maxHeapMb = 512;

/** One worker thread, which reads one page at a time. A page that ends it leaves `isAlive` false. */
export class ExtractThread {
  isAlive = true;
  private readonly worker: Worker;
  private settle: ((outcome: ExtractReply | CrawlFailure) => void) | null = null;

  constructor(workerPath: string) {
    this.worker = new Worker(workerPath, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
    this.worker.on('message', (reply: ExtractReply) => this.settle?.(reply));
    this.worker.on('error', (error) => this.fail(describe(error)));
    this.worker.on('messageerror', (error) => this.fail(error.message));
    this.worker.on('exit', () => this.fail('The thread that read the page ended.'));
  }

  /**
   * Reads one page; the thread must be free.
   *
   * @throws CrawlFailure `needs-javascript`, `extraction-timeout` or `extraction-failed`.
   */
  async run(task: ExtractTask, timeoutMs: number): Promise<ReadPage> {
    const outcome = await new Promise<ExtractReply | CrawlFailure>((resolve) => {
      const timer = setTimeout(() => this.endWith(overrun(task, timeoutMs)), timeoutMs);
      this.settle = (settled) => {
        clearTimeout(timer);
        this.settle = null;
        resolve(settled);
      };
      const body = ownBuffer(task.body);
      this.worker.postMessage({ ...task, body }, [body.buffer]);
    });
    if (outcome instanceof CrawlFailure) throw outcome;
    if (outcome.kind === 'failed') throw new CrawlFailure(outcome.reason, outcome.message);
    return outcome.page;
  }

  async terminate(): Promise<void> {
    this.isAlive = false;
    await this.worker.terminate();
  }

  private fail(message: string): void {
    this.endWith(new CrawlFailure('extraction-failed', message));
  }

  private endWith(failure: CrawlFailure): void {
    this.isAlive = false;
    void this.worker.terminate();
    this.settle?.(failure);
  }
}

function overrun({ url }: ExtractTask, timeoutMs: number): CrawlFailure {
  const message = `Reading ${url} took longer than ${timeoutMs / 1000} s and was stopped.`;
  return new CrawlFailure('extraction-timeout', message);
}

function describe(error: Error): string {
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isOutOfMemory ? `Reading the page took more than ${maxHeapMb} MB of memory.` : error.message;
}

/** Bytes that can be handed over: small buffers share theirs with others, so they are copied. */
function ownBuffer(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = body.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength;
  return isWhole ? new Uint8Array(body.buffer) : new Uint8Array(body);
}
