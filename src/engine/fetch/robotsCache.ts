import { CrawlFailure } from '../crawlFailure';
import type { Reach } from './addressRules';
import { cancelled } from './cancelled';
import type { HttpResponse } from './httpClient';
import { networkFailure } from './networkFailure';
import { emptyRobots, parseRobotsInTurns, type Robots } from './robots';
import { shownUrl } from './shownUrl';

/** Reads one robots.txt, redirects followed, up to the size that counts. */
export type ReadRobots = (url: URL, signal: AbortSignal) => Promise<HttpResponse>;

type Verdict = { kind: 'robots'; robots: Robots } | { kind: 'unreachable'; failure: CrawlFailure };

interface Entry {
  verdict: Promise<Verdict>;
  /** By `performance.now()`; `null` while it is read. */
  staleAtMs: number | null;
  /** How many have not given up on it. */
  waiting: number;
  controller: AbortController;
}

/** The name by which a robots.txt addresses this crawler; part of every user agent it goes by. */
const robotsToken = 'RipTide';

const maxOrigins = 1_000;
const freshMs = 5 * 60_000;
// Short, so that a site that comes back is crawled, and long enough for one crawl not to knock for each page.
const unreachableFreshMs = 10_000;

/** The robots.txt of each origin, read once for all who ask at the same time. */
export class RobotsCache {
  private readonly entries = new Map<string, Entry>();

  /** @throws {CrawlFailure} Why the site must be left alone: its robots.txt cannot be had (RFC 9309, 2.3.1.4). */
  async robotsFor(url: URL, reach: Reach, read: ReadRobots, signal: AbortSignal): Promise<Robots> {
    // By reach too: what a redirect may not see is no answer for who may.
    const key = `${reach} ${url.origin}`;
    if (signal.aborted) throw cancelled();
    const entry = this.freshEntry(key) ?? this.readInto(key, url, read);
    // One that has been read is waited for by nobody, and so cannot be abandoned.
    const verdict = await (entry.staleAtMs === null ? this.wait(key, entry, signal) : entry.verdict);
    if (verdict.kind === 'unreachable') throw verdict.failure;
    return verdict.robots;
  }

  private freshEntry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (!entry || (entry.staleAtMs !== null && entry.staleAtMs <= performance.now())) return undefined;
    return entry;
  }

  private readInto(key: string, url: URL, read: ReadRobots): Entry {
    const controller = new AbortController();
    const verdict = readVerdict(new URL('/robots.txt', url), read, controller.signal);
    const entry: Entry = { verdict, staleAtMs: null, waiting: 0, controller };
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const [oldest] of this.entries) {
      if (this.entries.size <= maxOrigins) break;
      this.entries.delete(oldest);
    }
    void verdict.then(({ kind }) => {
      entry.staleAtMs = performance.now() + (kind === 'robots' ? freshMs : unreachableFreshMs);
    });
    return entry;
  }

  private async wait(key: string, entry: Entry, signal: AbortSignal): Promise<Verdict> {
    entry.waiting++;
    let cancel: () => void = () => undefined;
    const cancelledFirst = new Promise<never>((_resolve, reject) => {
      cancel = () => {
        entry.waiting--;
        if (entry.waiting === 0) this.abandon(key, entry);
        reject(cancelled());
      };
    });
    signal.addEventListener('abort', cancel);
    try {
      return await Promise.race([entry.verdict, cancelledFirst]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Stops a read that nobody waits for any more; whoever asks next must not get its `cancelled`. */
  private abandon(key: string, entry: Entry): void {
    if (entry.staleAtMs !== null) return;
    if (this.entries.get(key) === entry) this.entries.delete(key);
    entry.controller.abort();
  }
}

async function readVerdict(url: URL, read: ReadRobots, signal: AbortSignal): Promise<Verdict> {
  try {
    const { status, body, isTruncated } = await read(url, signal);
    if (status >= 500) return { kind: 'unreachable', failure: serverFailed(url, status) };
    const isThere = status >= 200 && status < 300;
    const robots = isThere ? await parseRobotsInTurns(body, robotsToken, isTruncated) : emptyRobots;
    return { kind: 'robots', robots };
  } catch (error) {
    const failure = networkFailure(error, url);
    // These say that there is no robots.txt to be had; whether the page itself may be fetched is asked again there.
    const isMissing = ['too-many-redirects', 'bad-redirect', 'blocked-address'].includes(failure.reason);
    return isMissing ? { kind: 'robots', robots: emptyRobots } : { kind: 'unreachable', failure };
  }
}

function serverFailed(url: URL, status: number): CrawlFailure {
  const message = `${shownUrl(url)} answered ${status}, so nobody knows what may be crawled there. Try again later.`;
  return new CrawlFailure('robots', message, { isRetryable: true, status });
}
