import type { PlannedPage } from './frontier';
import type { VisitedPage } from './siteGuest';

interface Visit {
  page: PlannedPage;
  /** Once it is done. */
  visited?: VisitedPage;
  /** When it was begun at its server; until then, when it became the first. By `performance.now()`. */
  sinceMs?: number;
}

/** A page that is to be dealt with, or that the first one has lost its turn, which leaves room, or that there are none. */
export type NextVisit =
  { kind: 'done'; page: PlannedPage; visited: VisitedPage } | { kind: 'late' } | { kind: 'none' };

/**
 * The same for every crawl, and each page is dealt with in the order in which it was begun, so that a crawl takes the
 * same way twice however its pages race.
 */
const maxInTurn = 16;

/** A page that takes longer loses its turn, and is dealt with as soon as it is there. */
const patienceMs = 2_000;

const maxLate = 16;

/** Pages under way, or waiting for those before them. */
export class Visits {
  private readonly inTurn: Visit[] = [];
  private readonly late = new Set<Visit>();
  private wake = (): void => undefined;

  get hasRoom(): boolean {
    return this.inTurn.length < maxInTurn;
  }

  get isEmpty(): boolean {
    return this.inTurn.length + this.late.size === 0;
  }

  get isSeedNext(): boolean {
    return this.inTurn[0]?.page.isSeed === true;
  }

  /** @param begin never rejects; calls back when the page's turn at its server has come. */
  add(page: PlannedPage, begin: (onBegin: () => void) => Promise<VisitedPage>): void {
    const visit: Visit = { page };
    this.inTurn.push(visit);
    void begin(() => (visit.sinceMs = performance.now())).then((visited) => {
      visit.visited = visited;
      if (visit === this.inTurn[0] || this.late.has(visit)) this.wake();
    });
  }

  async next(): Promise<NextVisit> {
    for (;;) {
      const [first] = this.inTurn;
      for (const visit of first ? [...this.late, first] : this.late) {
        const { page, visited } = visit;
        if (!visited) continue;
        if (!this.late.delete(visit)) this.inTurn.shift();
        return { kind: 'done', page, visited };
      }
      if (!first && this.late.size === 0) return { kind: 'none' };
      const leftMs = this.leftMsOf(first);
      if (first && leftMs <= 0) {
        this.inTurn.shift();
        this.late.add(first);
        return { kind: 'late' };
      }
      await this.change(leftMs);
    }
  }

  /** Of its turn. */
  private leftMsOf(first: Visit | undefined): number {
    // What is in scope is not known before the seeds are.
    if (!first || first.page.isSeed || this.late.size === maxLate) return Infinity;
    const nowMs = performance.now();
    first.sinceMs ??= nowMs;
    return first.sinceMs + patienceMs - nowMs;
  }

  private async change(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (timeoutMs !== Infinity) timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }
}
