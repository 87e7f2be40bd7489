const firstCeilingMs = 250;
const lastCeilingMs = 30_000;

/** How often in a row something failed, and how long to wait before the next try. Immutable. */
export class Backoff {
  /** Nothing failed yet. */
  static readonly none = new Backoff(0);

  private constructor(
    /** Failures in a row. */
    readonly attempt: number,
  ) {}

  next(): Backoff {
    return new Backoff(this.attempt + 1);
  }

  /** The longest wait before this try: 250 ms, doubled with each failure, at most 30 s. */
  get ceilingMs(): number {
    return Math.min(lastCeilingMs, firstCeilingMs * 2 ** (this.attempt - 1));
  }

  /**
   * Anything up to the ceiling, so that clients cut off together do not come back together.
   *
   * @param random gives numbers from 0 to below 1.
   */
  delayMs(random: () => number): number {
    return Math.round(this.ceilingMs * random());
  }
}
