import type { DepthGauge } from './depthGauge';

interface Waiter<Item> {
  resolve: (result: IteratorResult<Item, undefined>) => void;
  reject: (error: Error) => void;
}

const done = { done: true, value: undefined } as const;

interface Unread<Item> {
  item: Item;
  byteCount: number;
}

/** Hands items from a receive path that must never wait to a reader that may, and knows how much is unread. */
export class MessageQueue<Item> {
  // Two stacks make one queue: shifting a long array would move all of it for every item.
  private incoming: Unread<Item>[] = [];
  private outgoing: Unread<Item>[] = [];
  private waiters: Waiter<Item>[] = [];
  private hasEnded = false;
  private error: Error | undefined;
  private bytes = 0;
  private readonly unread: DepthGauge | undefined;

  /** @param unread counts the unread items of this queue among others. */
  constructor(unread?: DepthGauge) {
    this.unread = unread;
  }

  /** Of the items that nobody has read. */
  get unreadBytes(): number {
    return this.bytes;
  }

  push(item: Item, byteCount = 0): void {
    if (this.hasEnded) return;
    const waiter = this.waiters.shift();
    if (waiter) waiter.resolve({ done: false, value: item });
    else {
      this.incoming.push({ item, byteCount });
      this.bytes += byteCount;
      this.unread?.add(1);
    }
  }

  /** What was pushed before is still read; then the reader gets `error` once, or the end. */
  end(error?: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.error = error;
    for (const waiter of this.waiters.splice(0)) this.settleEnd(waiter);
  }

  /** Forgets what is unread; the reader gets `error` once, or the end. Without effect after the last item was read. */
  discard(error?: Error): void {
    const isDrained = this.hasEnded && this.error === undefined && this.isEmpty();
    if (isDrained) return;
    this.unread?.add(-this.incoming.length - this.outgoing.length);
    this.incoming = [];
    this.outgoing = [];
    this.bytes = 0;
    if (this.hasEnded) this.error = error;
    else this.end(error);
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.outgoing.length === 0) {
        this.outgoing = this.incoming.reverse();
        this.incoming = [];
      }
      const unread = this.outgoing.pop();
      if (unread !== undefined) {
        this.bytes -= unread.byteCount;
        this.unread?.add(-1);
        resolve({ done: false, value: unread.item });
      } else if (this.hasEnded) this.settleEnd({ resolve, reject });
      else this.waiters.push({ resolve, reject });
    });
  }

  private isEmpty(): boolean {
    return this.incoming.length === 0 && this.outgoing.length === 0;
  }

  private settleEnd(waiter: Waiter<Item>): void {
    const error = this.error;
    this.error = undefined;
    if (error === undefined) waiter.resolve(done);
    else waiter.reject(error);
  }
}
