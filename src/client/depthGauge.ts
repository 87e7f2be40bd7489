/** How much of something there is, and the most that there ever was. */
export class DepthGauge {
  private depth = 0;
  private deepest = 0;

  get current(): number {
    return this.depth;
  }

  get peak(): number {
    return this.deepest;
  }

  add(change: number): void {
    this.depth += change;
    if (this.depth > this.deepest) this.deepest = this.depth;
  }
}
