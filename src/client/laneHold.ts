/** Why a lane may have nothing to wait for: its reader, its owner or the server holds. */
export class LaneHold {
  isReadingPaused = false;
  /** Resolves when its owner lets it go on. */
  unpaused: Promise<void> = Promise.resolve();
  private isPausedByOwner = false;
  private isHeld = false;
  private hasHeld = false;
  private heldSinceMs: number | undefined;
  private goOn = (): void => undefined;

  get isPaused(): boolean {
    return this.isPausedByOwner;
  }

  get isHeldByServer(): boolean {
    return this.isHeld;
  }

  /** Whether messages are to come. A server without `canHold` crawls on, whatever its client would like. */
  isExpected(canHold: boolean): boolean {
    return !this.isReadingPaused && !this.isHeld && !(this.isPausedByOwner && canHold);
  }

  pause(): void {
    if (this.isPausedByOwner) return;
    this.isPausedByOwner = true;
    this.heldSinceMs ??= performance.now();
    this.unpaused = new Promise((resolve) => (this.goOn = resolve));
  }

  /** Returns for how many milliseconds nothing was to be done. */
  unpause(): number {
    const heldMs = this.heldSinceMs === undefined ? 0 : performance.now() - this.heldSinceMs;
    this.heldSinceMs = undefined;
    this.isPausedByOwner = false;
    this.isHeld = false;
    this.goOn();
    return heldMs;
  }

  /** The server holds by itself, which it does once a request; false when it only says so again, on another connection. */
  noteServer(): boolean {
    if (this.hasHeld) return false;
    this.hasHeld = true;
    this.isHeld = true;
    this.heldSinceMs ??= performance.now();
    return true;
  }

  /** The next request is another matter. */
  forgetServer(): void {
    this.isHeld = false;
    this.hasHeld = false;
    this.heldSinceMs = undefined;
  }
}
