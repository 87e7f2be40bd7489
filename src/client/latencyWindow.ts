/** Round trips in milliseconds over the last pings; a figure is undefined as long as there is nothing to take it from. */
export interface Latency {
  /** Round trips in the window. */
  count: number;
  lastMs: number | undefined;
  /** The median. */
  p50Ms: number | undefined;
  p95Ms: number | undefined;
  /** Mean absolute difference of successive round trips. */
  jitterMs: number | undefined;
  /** Pings in the window that got no answer. */
  lost: number;
}

/** A rolling window of pings. */
export class LatencyWindow {
  /** In milliseconds; null for one that was lost. */
  private readonly pings: (number | null)[] = [];
  private readonly size: number;

  constructor(size = 50) {
    this.size = size;
  }

  add(roundTripMs: number): void {
    this.push(roundTripMs);
  }

  addLost(): void {
    this.push(null);
  }

  snapshot(): Latency {
    const roundTripsMs = this.pings.filter((ping) => ping !== null);
    const sorted = roundTripsMs.toSorted((a, b) => a - b);
    return {
      count: sorted.length,
      lastMs: roundTripsMs.at(-1),
      p50Ms: nearestRank(sorted, 0.5),
      p95Ms: nearestRank(sorted, 0.95),
      jitterMs: meanDifference(roundTripsMs),
      lost: this.pings.length - sorted.length,
    };
  }

  private push(ping: number | null): void {
    this.pings.push(ping);
    if (this.pings.length > this.size) this.pings.shift();
  }
}

/** The smallest value that at least `share` of the values do not exceed. */
function nearestRank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.ceil(sorted.length * share) - 1];
}

function meanDifference(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const sum = values.reduce((total, value, at) => total + Math.abs(value - (values[at - 1] ?? value)), 0);
  return sum / (values.length - 1);
}
