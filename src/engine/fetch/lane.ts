/** What holds a lane's new pages up, or several crawls in one. */
export interface LaneOptions {
  /** Counts every lane that shares it. */
  shared?: Lane;
  /** Pages that may have begun without anybody having taken them. */
  maxPagesAhead?: number;
  /** New pages may begin again. */
  onRoom?: () => void;
}

/** The requests of one crawl, of which only so many are under way at once over all hosts. */
export class Lane {
  /** When it last had a turn, counted in turns. */
  lastTurn = 0;
  private active = 0;
  private pagesAhead = 0;
  private isHeld = false;
  private heldSinceMs = 0;
  private heldMs = 0;

  constructor(
    private readonly concurrency: number,
    private readonly options: LaneOptions = {},
  ) {}

  get isFull(): boolean {
    return this.active >= this.concurrency || (this.options.shared?.isFull ?? false);
  }

  get takesPages(): boolean {
    return !this.isHeld && this.pagesAhead < (this.options.maxPagesAhead ?? Infinity);
  }

  get isPaused(): boolean {
    return this.isHeld;
  }

  /** By `performance.now()`, less the time for which it was paused. */
  get activeMs(): number {
    return (this.isHeld ? this.heldSinceMs : performance.now()) - this.heldMs;
  }

  begin(isNewPage: boolean, turn: number): void {
    this.lastTurn = turn;
    if (isNewPage) this.pagesAhead++;
    this.occupy(1);
  }

  end(): void {
    this.occupy(-1);
  }

  /** A page that had begun is in its reader's hands. */
  pageTaken(): void {
    this.pagesAhead--;
    this.options.onRoom?.();
  }

  /** No new page begins; those under way are finished. */
  pause(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.heldSinceMs = performance.now();
  }

  unpause(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.heldMs += performance.now() - this.heldSinceMs;
    this.options.onRoom?.();
  }

  private occupy(change: 1 | -1): void {
    this.active += change;
    this.options.shared?.occupy(change);
  }
}
