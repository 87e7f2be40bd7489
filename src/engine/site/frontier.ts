import { deserialize, serialize } from 'node:v8';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

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

/** At least so many wait as they are at the end of a queue. */
const batchSize = 1_000;

/** As objects, those that a large site has wait would take ten times the memory. */
interface PackedPages {
  indexes: Uint32Array;
  bytes: Uint8Array;
}

function pack(pages: readonly PlannedPage[]): PackedPages {
  return {
    indexes: Uint32Array.from(pages, ({ index }) => index),
    bytes: deflateRawSync(serialize(pages), { level: constants.Z_BEST_SPEED }),
  };
}

function unpack({ bytes }: PackedPages): PlannedPage[] {
  return deserialize(inflateRawSync(bytes)) as PlannedPage[];
}

function takeIndex(pages: PlannedPage[], index: number): PlannedPage | undefined {
  const at = pages.findIndex((page) => page.index === index);
  return at < 0 ? undefined : pages.splice(at, 1)[0];
}

/** Pages of one cost, in the order found; those in the middle are packed. */
class Queue {
  private first: PlannedPage[] = [];
  private readonly middle: PackedPages[] = [];
  private last: PlannedPage[] = [];

  get isEmpty(): boolean {
    return this.first.length + this.middle.length + this.last.length === 0;
  }

  add(page: PlannedPage): void {
    this.last.push(page);
    if (this.last.length === 2 * batchSize) this.middle.push(pack(this.last.splice(0, batchSize)));
  }

  takeFirst(): PlannedPage | undefined {
    if (this.first.length === 0) {
      const batch = this.middle.shift();
      this.first = batch ? unpack(batch) : this.last.splice(0);
    }
    return this.first.shift();
  }

  takeLast(): PlannedPage | undefined {
    if (this.last.length === 0) {
      const batch = this.middle.pop();
      this.last = batch ? unpack(batch) : this.first.splice(0);
    }
    return this.last.pop();
  }

  take(index: number): PlannedPage | undefined {
    const waiting = takeIndex(this.first, index) ?? takeIndex(this.last, index);
    const at = waiting ? -1 : this.middle.findIndex(({ indexes }) => indexes.includes(index));
    const batch = this.middle[at];
    if (!batch) return waiting;
    const pages = unpack(batch);
    const page = takeIndex(pages, index);
    this.middle.splice(at, 1, ...(pages.length > 0 ? [pack(pages)] : []));
    return page;
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
