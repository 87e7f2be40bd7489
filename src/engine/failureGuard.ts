import type { Paused } from '../protocol/messages';

const leastPages = 20;
const maxFailedShare = 0.5;

/** Watches how a crawl fares, and speaks up once when somebody should decide whether it goes on. */
export class FailureGuard {
  private finished = 0;
  private failed = 0;
  private hasSpoken = false;

  /** Counts one page; what it returns is told once a crawl. */
  count(isFailure: boolean): Paused | null {
    this.finished += 1;
    if (isFailure) this.failed += 1;
    if (this.hasSpoken || this.finished < leastPages || this.failed < this.finished * maxFailedShare)
      return null;
    this.hasSpoken = true;
    const message = `${this.failed} of the first ${this.finished} pages failed. Go on with the others?`;
    return { reason: 'failing', message };
  }
}
