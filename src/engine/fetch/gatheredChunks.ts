/** Smaller ones are copied together: each costs a hundred bytes by itself, and keeps those alive that it was read with. */
const smallBytes = 4 * 1024;
const blockBytes = 64 * 1024;

/** What has come of a body, in a bounded number of pieces however small those were that it came in. */
export class GatheredChunks {
  size = 0;
  private readonly whole: Uint8Array[] = [];
  private block = new Uint8Array(0);
  private start = 0;
  private end = 0;

  add(chunk: Uint8Array): void {
    this.size += chunk.byteLength;
    if (chunk.byteLength >= smallBytes) {
      this.endPiece();
      this.whole.push(chunk);
      return;
    }
    if (this.end + chunk.byteLength > this.block.byteLength) {
      this.endPiece();
      this.block = new Uint8Array(blockBytes);
      this.start = this.end = 0;
    }
    this.block.set(chunk, this.end);
    this.end += chunk.byteLength;
  }

  /** All of it, in order. Nothing is to be added any more. */
  take(): readonly Uint8Array[] {
    this.endPiece();
    return this.whole;
  }

  private endPiece(): void {
    if (this.end > this.start) this.whole.push(this.block.subarray(this.start, this.end));
    this.start = this.end;
  }
}
