const maxTimerMs = 2 ** 31 - 1;

/** How late it may be where a pause ends. */
const lateMs = 50;

/** Calls back once after a time, in which that does not count for which its clock stood still. */
export class ActiveTimer {
  private readonly endsAtMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    durationMs: number,
    private readonly clock: { activeMs(): number },
    private readonly onEnd: () => void,
  ) {
    this.endsAtMs = clock.activeMs() + Math.max(0, durationMs);
    this.wait();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    const leftMs = this.endsAtMs - this.clock.activeMs();
    this.timer = setTimeout(() => this.check(), Math.min(maxTimerMs, Math.max(lateMs, Math.ceil(leftMs))));
  }

  private check(): void {
    if (this.clock.activeMs() >= this.endsAtMs) this.onEnd();
    else this.wait();
  }
}
