import type { RowsQuery } from '../panel/panelMessages';

/** While pages arrive, the same rows are asked for no more often than this. */
const REFRESH_MS = 150;
/** A question without an answer, or with a failure for one, is asked again after this. */
const RETRY_MS = 5_000;

/**
 * Asks the extension host for rows: one question at a time, and after it only the latest one wanted, however
 * many were wanted meanwhile.
 */
export class RowLoader {
  private wantedQuery: RowsQuery | null = null;
  private answered: RowsQuery | null = null;
  private asked: { requestId: number; query: RowsQuery } | null = null;
  private isStale = false;
  private lastRequestId = 0;
  private lastAskedAtMs = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (requestId: number, query: RowsQuery) => void) {}

  get wanted(): RowsQuery | null {
    return this.wantedQuery;
  }

  want(query: RowsQuery): void {
    this.wantedQuery = query;
    this.next();
  }

  /** The rows may have changed. */
  refresh(): void {
    this.isStale = true;
    this.next();
  }

  /** The question that this answers; `null` when it is not the open one, and its rows are not to be used. */
  settle(requestId: number): RowsQuery | null {
    const query = this.close(requestId);
    if (query !== null) this.next();
    return query;
  }

  /** Like `settle`, for an answer that brought no rows. */
  fail(requestId: number): RowsQuery | null {
    const query = this.close(requestId);
    if (query === null) return null;
    this.after(RETRY_MS, () => this.ask());
    this.next();
    return query;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wantedQuery = null;
    this.asked = null;
  }

  private next(): void {
    if (this.asked !== null || this.wantedQuery === null) return;
    if (this.answered === null || !isSameQuery(this.wantedQuery, this.answered)) {
      this.ask();
    } else if (this.isStale) {
      this.after(Math.max(0, this.lastAskedAtMs + REFRESH_MS - Date.now()), () => this.ask());
    }
  }

  private ask(): void {
    if (this.wantedQuery === null) return;
    this.lastRequestId += 1;
    this.asked = { requestId: this.lastRequestId, query: this.wantedQuery };
    this.isStale = false;
    this.lastAskedAtMs = Date.now();
    this.after(RETRY_MS, () => this.ask());
    this.send(this.lastRequestId, this.wantedQuery);
  }

  private close(requestId: number): RowsQuery | null {
    if (this.asked?.requestId !== requestId) return null;
    this.answered = this.asked.query;
    this.asked = null;
    clearTimeout(this.timer);
    return this.answered;
  }

  private after(delayMs: number, action: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(action, delayMs);
  }
}

function isSameQuery(a: RowsQuery, b: RowsQuery): boolean {
  return a.text === b.text && a.outcome === b.outcome && a.offset === b.offset && a.limit === b.limit;
}
