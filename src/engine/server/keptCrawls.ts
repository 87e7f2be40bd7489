import type { ServedCrawl } from './servedCrawl';

/** How long a crawl waits for its client to connect again; also for the last word of one that is over. */
const graceMs = 60_000;

/** Each holds a few megabytes at most; of more, the one that has waited longest is given up. */
const maxWaiting = 16;

/** The crawls that a later connection may go on with, by request id. */
export class KeptCrawls {
  private readonly crawls = new Map<string, ServedCrawl>();
  /** In the order in which they began to wait. */
  private readonly waiting = new Map<ServedCrawl, NodeJS.Timeout>();

  /** Of two with the same id, the later one is known by it. */
  add(crawl: ServedCrawl): void {
    if (crawl.requestId !== undefined) this.crawls.set(crawl.requestId, crawl);
  }

  find(requestId: string): ServedCrawl | undefined {
    return this.crawls.get(requestId);
  }

  /** Keeps a crawl for a while that its client may not have heard to the end; one that cannot be resumed ends. */
  wait(crawl: ServedCrawl): void {
    if (!crawl.isResumable || this.crawls.get(crawl.requestId ?? '') !== crawl) {
      crawl.abandon();
      return;
    }
    this.resumed(crawl);
    this.waiting.set(
      crawl,
      setTimeout(() => crawl.abandon(), graceMs),
    );
    const [longest] = this.waiting.keys();
    if (this.waiting.size > maxWaiting && longest) longest.abandon();
  }

  /** Its client is back. */
  resumed(crawl: ServedCrawl): void {
    clearTimeout(this.waiting.get(crawl));
    this.waiting.delete(crawl);
  }

  forget(crawl: ServedCrawl): void {
    this.resumed(crawl);
    const requestId = crawl.requestId ?? '';
    if (this.crawls.get(requestId) === crawl) this.crawls.delete(requestId);
  }

  /** Gives all up that wait. */
  close(): void {
    for (const crawl of [...this.waiting.keys()]) crawl.abandon();
  }
}
