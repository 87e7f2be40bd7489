/**
 * Of what a crawl has handed to the store: above either, no more is taken from the client, which then pauses its
 * reading when it has too much itself. In bytes, since a page may be as large as the message limit.
 */
const maxBytes = 2 * 1024 * 1024;
const maxWrites = 500;

/** What is handed to the store and not yet on disk. */
export class Unstored {
  private writes = 0;
  private bytes = 0;
  private firstFailure: Error | null = null;
  private wake: () => void = () => undefined;

  /** Why something could not be stored. */
  get failure(): Error | null {
    return this.firstFailure;
  }

  get isFull(): boolean {
    return this.writes >= maxWrites || this.bytes >= maxBytes;
  }

  /** @param onStored is called when it is on disk. */
  add(write: Promise<void>, byteCount: number, onStored: () => void): void {
    this.writes += 1;
    this.bytes += byteCount;
    write.then(
      () => {
        onStored();
        this.leave(byteCount);
      },
      (error: unknown) => {
        this.firstFailure ??= error as Error;
        this.leave(byteCount);
      },
    );
  }

  /** Resolves when more may be added. */
  async room(): Promise<void> {
    while (this.isFull) await this.change();
  }

  /** Resolves when nothing is left. */
  async drained(): Promise<void> {
    while (this.writes > 0) await this.change();
  }

  private leave(byteCount: number): void {
    this.writes -= 1;
    this.bytes -= byteCount;
    this.wake();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}
