import type { AddedResult } from './storeMessages';

/** What a killed editor may lose, and how long a write may hold up a read: 20 to 50 rows measured best. */
const maxResults = 50;
const maxDelayMs = 250;

/** Collects results, so that many share a transaction; hands them on when there are enough or the first has waited. */
export class ResultBatch {
  private readonly write: (results: AddedResult[]) => void;
  private results: AddedResult[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (results: AddedResult[]) => void) {
    this.write = write;
  }

  add(result: AddedResult): void {
    this.results.push(result);
    if (this.results.length >= maxResults) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), maxDelayMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.results.length === 0) return;
    const results = this.results;
    this.results = [];
    this.write(results);
  }
}
