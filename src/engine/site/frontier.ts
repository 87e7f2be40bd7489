/** A URL that is to be crawled. */
export interface PlannedPage {
  index: number;
  url: string;
  depth: number;
  /** Lower comes first; of equals, the one found first. */
  cost: number;
  isSeed: boolean;
  foundOn: string;
  /** As of `dateStepsOf`. */
  dateSteps: number;
}

/** The pages to be crawled, in the order in which to do so: a binary heap. */
export class Frontier {
  private readonly heap: PlannedPage[] = [];

  get size(): number {
    return this.heap.length;
  }

  add(page: PlannedPage): void {
    this.rise(page, this.heap.length);
  }

  /** Puts a page before all others. */
  hasten(index: number): void {
    const at = this.heap.findIndex((page) => page.index === index);
    const page = this.heap[at];
    if (page) this.rise({ ...page, cost: -Infinity }, at);
  }

  take(): PlannedPage | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      this.move(child, at);
      at = child;
    }
    heap[at] = last;
    return first;
  }

  private rise(page: PlannedPage, from: number): void {
    const { heap } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(page, heap[parent])) break;
      this.move(parent, at);
      at = parent;
    }
    heap[at] = page;
  }

  private move(from: number, to: number): void {
    const page = this.heap[from];
    if (page) this.heap[to] = page;
  }
}

function isBefore(one: PlannedPage | undefined, other: PlannedPage | undefined): boolean {
  if (!one || !other) return false;
  return one.cost < other.cost || (one.cost === other.cost && one.index < other.index);
}
