import type { Disposable } from '../../base/emitter';
import { isLoopbackHost } from './addressRules';
import { cancelled } from './cancelled';

/** The requests of one crawl, of which only so many are under way at once over all hosts. */
export class Lane {
  active = 0;

  constructor(readonly concurrency: number) {}
}

export interface TurnRequest {
  hostname: string;
  /** How long the host is left alone once this request has started. */
  delayMs: number;
  lane: Lane;
  signal: AbortSignal;
}

interface Waiter {
  wanted: TurnRequest;
  start(end: () => void): void;
  cancel(): void;
}

interface Host {
  /** In the order they came. */
  waiters: Set<Waiter>;
  active: number;
  /** By `performance.now()`. */
  nextStartMs: number;
  isLoopback: boolean;
}

/**
 * Says when a request may start: so many at once for each host, so long after the host's last one, and hosts in
 * rotation so that a long queue at one holds up no other. This machine's own hosts are not hurried and not spared.
 */
export class Politeness implements Disposable {
  private readonly hosts = new Map<string, Host>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly perHost: number) {}

  /**
   * Waits for a turn; what it resolves to must be called once the request has ended.
   *
   * @throws {CrawlFailure} `cancelled`.
   */
  enter(wanted: TurnRequest): Promise<() => void> {
    const { signal } = wanted;
    const host = this.hostOf(wanted.hostname);
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const waiter: Waiter = {
        wanted,
        start(end) {
          signal.removeEventListener('abort', abort);
          resolve(end);
        },
        cancel() {
          signal.removeEventListener('abort', abort);
          host.waiters.delete(waiter);
          reject(cancelled());
        },
      };
      const abort = (): void => {
        waiter.cancel();
        this.admit();
      };
      signal.addEventListener('abort', abort);
      host.waiters.add(waiter);
      this.admit();
    });
  }

  /** Leaves a host alone for a while, as it asked. */
  holdOff(hostname: string, forMs: number): void {
    const host = this.hostOf(hostname);
    host.nextStartMs = Math.max(host.nextStartMs, performance.now() + forMs);
    this.admit();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const host of this.hosts.values()) for (const waiter of host.waiters) waiter.cancel();
  }

  private hostOf(hostname: string): Host {
    let host = this.hosts.get(hostname);
    if (!host) {
      host = { waiters: new Set(), active: 0, nextStartMs: 0, isLoopback: isLoopbackHost(hostname) };
      this.hosts.set(hostname, host);
    }
    return host;
  }

  private admit(): void {
    const now = performance.now();
    // A host that got a turn moves behind all others; the loop meets it there again, until no more can start.
    for (const [hostname, host] of this.hosts) {
      const waiter = this.nextWaiter(host, now);
      if (waiter) {
        this.hosts.delete(hostname);
        this.hosts.set(hostname, host);
        this.start(host, waiter, now);
      } else if (host.waiters.size === 0 && host.active === 0 && host.nextStartMs <= now) {
        this.hosts.delete(hostname);
      }
    }
    this.wakeForNext(now);
  }

  private nextWaiter(host: Host, now: number): Waiter | undefined {
    if (now < host.nextStartMs || (!host.isLoopback && host.active >= this.perHost)) return undefined;
    for (const waiter of host.waiters) {
      if (waiter.wanted.lane.active < waiter.wanted.lane.concurrency) return waiter;
    }
    return undefined;
  }

  private start(host: Host, waiter: Waiter, now: number): void {
    const { lane, delayMs } = waiter.wanted;
    host.waiters.delete(waiter);
    host.active++;
    lane.active++;
    if (!host.isLoopback) host.nextStartMs = now + delayMs;
    let isEnded = false;
    waiter.start(() => {
      if (isEnded) return;
      isEnded = true;
      host.active--;
      lane.active--;
      this.admit();
    });
  }

  private wakeForNext(now: number): void {
    clearTimeout(this.timer);
    let earliestMs = Infinity;
    for (const { waiters, nextStartMs } of this.hosts.values()) {
      if (waiters.size > 0 && nextStartMs > now) earliestMs = Math.min(earliestMs, nextStartMs);
    }
    if (earliestMs < Infinity) this.timer = setTimeout(() => this.admit(), Math.ceil(earliestMs - now));
  }
}
