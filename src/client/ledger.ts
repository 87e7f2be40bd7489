/** Always: asked = succeeded + failed + skipped + outstanding. */
export interface LedgerCounts {
  asked: number;
  succeeded: number;
  failed: number;
  skipped: number;
  outstanding: number;
}

export type Settlement = 'succeeded' | 'failed' | 'skipped';

/** What became of each URL of one crawl, by its index: outstanding until it is settled, once and for good. */
export class Ledger {
  private readonly settlements: (Settlement | undefined)[];
  private readonly settled = { succeeded: 0, failed: 0, skipped: 0 };

  constructor(asked: number) {
    this.settlements = Array.from({ length: asked }, () => undefined);
  }

  get counts(): LedgerCounts {
    const asked = this.settlements.length;
    const { succeeded, failed, skipped } = this.settled;
    return { asked, succeeded, failed, skipped, outstanding: asked - succeeded - failed - skipped };
  }

  /** Asks for one more URL. Returns its index. */
  grow(): number {
    return this.settlements.push(undefined) - 1;
  }

  isOutstanding(index: number): boolean {
    return index < this.settlements.length && this.settlements[index] === undefined;
  }

  hasSucceeded(index: number): boolean {
    return this.settlements[index] === 'succeeded';
  }

  outstandingIndexes(): number[] {
    return [...this.settlements.keys()].filter((index) => this.isOutstanding(index));
  }

  /** False when the index was settled before, or never asked for. */
  settle(index: number, settlement: Settlement): boolean {
    if (!this.isOutstanding(index)) return false;
    this.settlements[index] = settlement;
    this.settled[settlement] += 1;
    return true;
  }
}
