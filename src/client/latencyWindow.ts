/** Round trips in milliseconds over the last pings; every figure but `count` is undefined before the first one. */
export interface Latency {
  /** Round trips in the window. */
  count: number;
  lastMs: number | undefined;
  /** The median. */
  p50Ms: number | undefined;
  p95Ms: number | undefined;
}

/** A rolling window of round trips. */
export class LatencyWindow {
  private readonly roundTripsMs: number[] = [];
  private readonly size: number;

  constructor(size = 50) {
    this.size = size;
  }

  add(roundTripMs: number): void {
    this.roundTripsMs.push(roundTripMs);
    if (this.roundTripsMs.length > this.size) this.roundTripsMs.shift();
  }

  snapshot(): Latency {
    const sorted = this.roundTripsMs.toSorted((a, b) => a - b);
    return {
      count: sorted.length,
      lastMs: this.roundTripsMs.at(-1),
      p50Ms: nearestRank(sorted, 0.5),
      p95Ms: nearestRank(sorted, 0.95),
    };
  }
}

/** The smallest value that at least `share` of the values do not exceed. */
function nearestRank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.ceil(sorted.length * share) - 1];
}
