import { Backoff } from './backoff';

/** How often in a row a lane has failed, and its waits between one try and the next. */
export class LaneTries {
  private readonly random: () => number;
  private backoff = Backoff.none;
  private wake: (() => void) | undefined;
  private isStopped = false;

  /** @param random gives numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.random = random;
  }

  /** Failures in a row. */
  get attempt(): number {
    return this.backoff.attempt;
  }

  succeed(): void {
    this.backoff = Backoff.none;
  }

  fail(): void {
    this.backoff = this.backoff.next();
  }

  /** Before the next try, no less than the server asks for. */
  delayMs(retryAfterMs = 0): number {
    return Math.max(retryAfterMs, this.backoff.delayMs(this.random));
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), delayMs);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      if (this.isStopped) this.wake();
    });
  }

  /** Ends the wait, and those to come at once. */
  stop(): void {
    this.isStopped = true;
    this.wake?.();
  }
}
