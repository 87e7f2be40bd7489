/** Why a lane may have nothing to wait for: its reader, its owner or the server holds. */
export class LaneHold {
  isReadingPaused = false;
  /** Resolves when its owner lets it go on. */
  unpaused: Promise<void> = Promise.resolve();
  private isPausedByOwner = false;
  private isHeld = false;
  private hasHeld = false;
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
    this.unpaused = new Promise((resolve) => (this.goOn = resolve));
  }

  unpause(): void {
    this.isPausedByOwner = false;
    this.isHeld = false;
    this.goOn();
  }

  /** The server holds by itself, which it does once a request; false when it only says so again, on another connection. */
  noteServer(): boolean {
    if (this.hasHeld) return false;
    this.hasHeld = true;
    this.isHeld = true;
    return true;
  }

  /** The next request is another matter. */
  forgetServer(): void {
    this.isHeld = false;
    this.hasHeld = false;
  }
}
