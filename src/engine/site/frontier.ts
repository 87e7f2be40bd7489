/** A URL that is to be crawled. */
export interface PlannedPage {
  index: number;
  url: string;
  /** Digest of its `urlKey`. */
  key: string;
  depth: number;
  /** Lower comes first; of equals, the one found first. */
  cost: number;
  isSeed: boolean;
  foundOn: string;
  /** As of `dateStepsOf`. */
  dateSteps: number;
}

/** Pages of one cost, in the order found. To shift an array of many moves all that stays. */
class Queue {
  private pages: PlannedPage[] = [];
  private head = 0;

  get isEmpty(): boolean {
    return this.head === this.pages.length;
  }

  add(page: PlannedPage): void {
    this.pages.push(page);
  }

  takeFirst(): PlannedPage | undefined {
    const page = this.pages[this.head];
    this.head += 1;
    if (2 * this.head >= this.pages.length) this.forgetTaken();
    return page;
  }

  takeLast(): PlannedPage | undefined {
    return this.pages.pop();
  }

  take(index: number): PlannedPage | undefined {
    this.forgetTaken();
    const at = this.pages.findIndex((page) => page.index === index);
    return at < 0 ? undefined : this.pages.splice(at, 1)[0];
  }

  private forgetTaken(): void {
    this.pages.splice(0, this.head);
    this.head = 0;
  }
}

/** The pages to be crawled, in the order in which to do so. */
export class Frontier {
  /** By their cost. */
  private readonly queues = new Map<number, Queue>();
  /** Ascending; there are few different ones. */
  private readonly costs: number[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(page: PlannedPage): void {
    this.count += 1;
    let queue = this.queues.get(page.cost);
    if (!queue) {
      this.queues.set(page.cost, (queue = new Queue()));
      this.costs.push(page.cost);
      this.costs.sort((one, other) => one - other);
    }
    queue.add(page);
  }

  /** Puts a page before all others. */
  hasten(index: number): void {
    for (const [cost, queue] of this.queues) {
      const page = queue.take(index);
      if (!page) continue;
      this.removed(cost, queue);
      this.add({ ...page, cost: -Infinity });
      return;
    }
  }

  take(): PlannedPage | undefined {
    return this.takeOf(this.costs[0], (queue) => queue.takeFirst());
  }

  /** Takes the page that would be the last. */
  takeLast(): PlannedPage | undefined {
    return this.takeOf(this.costs.at(-1), (queue) => queue.takeLast());
  }

  private takeOf(
    cost: number | undefined,
    takeFrom: (queue: Queue) => PlannedPage | undefined,
  ): PlannedPage | undefined {
    const queue = cost === undefined ? undefined : this.queues.get(cost);
    if (cost === undefined || !queue) return undefined;
    const page = takeFrom(queue);
    this.removed(cost, queue);
    return page;
  }

  private removed(cost: number, queue: Queue): void {
    this.count -= 1;
    if (!queue.isEmpty) return;
    this.queues.delete(cost);
    this.costs.splice(this.costs.indexOf(cost), 1);
  }
}
