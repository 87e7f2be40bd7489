import type { AddedPages, AddedResult, Addition, SharedBytes } from './storeMessages';

/** What a killed editor may lose, and how long a write may hold up a read; the fixed price of a commit is shared. */
const maxAdditions = 200;
const maxDelayMs = 250;
const maxBytes = 1024 * 1024;

/** What several crawls at once have under way. */
const maxSpareMemories = 8;

/** Who waits for an addition to be on disk. */
export interface Writer {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** What shares a message to the store's thread and a transaction. */
export interface FullBatch {
  /** In the order in which they were added; raw results in a row are one. */
  additions: Addition[];
  /** Of the raw results, one after the other; empty without them. */
  memory: SharedBytes;
  /** One for each that was added. */
  writers: Writer[];
}

/**
 * Collects what is added; hands it on when there is enough or the first has waited. Raw results are copied at once: what
 * the socket reads into holds many of them, so it would stay for the last. The memory is used again, since new memory for
 * each batch would keep the garbage collector at work.
 */
export class ResultBatch {
  private readonly write: (batch: FullBatch) => Promise<void>;
  private readonly spare: SharedBytes[] = [];
  private batch: FullBatch = emptyBatch();
  private byteCount = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param write resolves when the memory of its batch may be used again. */
  constructor(write: (batch: FullBatch) => Promise<void>) {
    this.write = write;
  }

  add(addition: AddedResult | AddedPages, writer: Writer): void {
    this.batch.additions.push(addition);
    this.countIn(writer);
  }

  addRaw(crawlId: string, index: number, message: Buffer, writer: Writer): void {
    if (this.byteCount + message.length > maxBytes) this.flush();
    const { batch } = this;
    if (batch.memory.length === 0) batch.memory = this.memoryFor(message.length);
    this.byteCount += message.copy(batch.memory, this.byteCount);
    const last = batch.additions.at(-1);
    if (last?.kind === 'addRaw' && last.crawlId === crawlId) {
      last.indexes.push(index);
      last.lengths.push(message.length);
    } else {
      batch.additions.push({ kind: 'addRaw', crawlId, indexes: [index], lengths: [message.length] });
    }
    this.countIn(writer);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { batch } = this;
    if (batch.writers.length === 0) return;
    this.batch = emptyBatch();
    this.byteCount = 0;
    void this.write(batch).then(() => this.spareMemory(batch.memory));
  }

  private countIn(writer: Writer): void {
    const { writers } = this.batch;
    writers.push(writer);
    if (writers.length >= maxAdditions || this.byteCount >= maxBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), maxDelayMs);
  }

  private memoryFor(byteCount: number): SharedBytes {
    return (
      (byteCount > maxBytes ? undefined : this.spare.pop()) ?? sharedBytes(Math.max(byteCount, maxBytes))
    );
  }

  private spareMemory(memory: SharedBytes): void {
    if (memory.length === maxBytes && this.spare.length < maxSpareMemories) this.spare.push(memory);
  }
}

function emptyBatch(): FullBatch {
  return { additions: [], memory: sharedBytes(0), writers: [] };
}

function sharedBytes(byteCount: number): SharedBytes {
  return new Uint8Array(new SharedArrayBuffer(byteCount));
}
