/** What a killed editor may lose, and how long a write may hold up a read; the fixed price of a commit is shared. */
const maxAdditions = 200;
const maxDelayMs = 250;

/** Copied in one go on the caller's thread, which must not be held for longer than a millisecond. */
const maxBytes = 1024 * 1024;

/** Collects what is added, so that much of it shares a message and a transaction; hands it on when there is enough or the first has waited. */
export class ResultBatch<Addition> {
  private readonly write: (additions: Addition[]) => void;
  private additions: Addition[] = [];
  private byteCount = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (additions: Addition[]) => void) {
    this.write = write;
  }

  add(addition: Addition, byteCount = 0): void {
    this.additions.push(addition);
    this.byteCount += byteCount;
    if (this.additions.length >= maxAdditions || this.byteCount >= maxBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), maxDelayMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.additions.length === 0) return;
    const additions = this.additions;
    this.additions = [];
    this.byteCount = 0;
    this.write(additions);
  }
}
