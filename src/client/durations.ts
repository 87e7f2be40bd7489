import { createHistogram } from 'node:perf_hooks';

/** How long something took, each time it happened; all but `count` and `totalMs` are undefined before the first time. */
export interface Distribution {
  count: number;
  totalMs: number;
  /** The median, within 1 %. */
  p50Ms: number | undefined;
  /** Within 1 %. */
  p95Ms: number | undefined;
  maxMs: number | undefined;
}

const mostMicroseconds = 3_600_000_000;

/** A histogram of durations from 1 µs to an hour, of one size however many there are. */
export class Durations {
  private readonly microseconds = createHistogram({ highest: mostMicroseconds, figures: 2 });
  private totalMs = 0;
  private maxMs: number | undefined;

  record(durationMs: number): void {
    this.totalMs += durationMs;
    this.maxMs = Math.max(this.maxMs ?? 0, durationMs);
    this.microseconds.record(Math.min(mostMicroseconds, Math.max(1, Math.round(durationMs * 1000))));
  }

  snapshot(): Distribution {
    const { count } = this.microseconds;
    const percentileMs = (percent: number): number | undefined =>
      count === 0 ? undefined : this.microseconds.percentile(percent) / 1000;
    return {
      count,
      totalMs: this.totalMs,
      p50Ms: percentileMs(50),
      p95Ms: percentileMs(95),
      maxMs: this.maxMs,
    };
  }
}
