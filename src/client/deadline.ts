/** What somebody else has to do next, and what to say when they do not. */
export interface Expectation {
  timeoutMs: number;
  complaint: string;
}

/** Bounds one wait after the other, but for the time in which nobody can be late. */
export class Deadline {
  private readonly onMissed: (complaint: string) => void;
  private expectation: Expectation | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isHeld = false;

  constructor(onMissed: (complaint: string) => void) {
    this.onMissed = onMissed;
  }

  /** In the place of what was expected before. */
  expect(expectation: Expectation): void {
    this.clear();
    this.expectation = expectation;
    if (this.isHeld) return;
    const { timeoutMs, complaint } = expectation;
    this.timer = setTimeout(() => this.onMissed(complaint), timeoutMs);
  }

  /** There is a sign of life: the time allowed begins anew. */
  touch(): void {
    this.timer?.refresh();
  }

  hold(): void {
    this.isHeld = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The time allowed begins anew. */
  release(): void {
    this.isHeld = false;
    if (this.expectation) this.expect(this.expectation);
  }

  /** Nothing is expected any more. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.expectation = undefined;
  }
}
