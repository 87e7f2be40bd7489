import type { Addition } from './storeMessages';

/** What a killed editor may lose, and how long a write may hold up a read: 20 to 50 rows measured best. */
const maxAdditions = 50;
const maxDelayMs = 250;

/** Collects results and found pages, so that many share a transaction; hands them on when there are enough or the first has waited. */
export class ResultBatch {
  private readonly write: (additions: Addition[]) => void;
  private additions: Addition[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (additions: Addition[]) => void) {
    this.write = write;
  }

  add(addition: Addition): void {
    this.additions.push(addition);
    if (this.additions.length >= maxAdditions) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), maxDelayMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.additions.length === 0) return;
    const additions = this.additions;
    this.additions = [];
    this.write(additions);
  }
}
