import type { Disposable } from '../../base/emitter';
import { isLoopbackHost } from './addressRules';
import { cancelled } from './cancelled';
import type { Lane } from './lane';

export interface TurnRequest {
  hostname: string;
  /** How long the host is left alone once this request has started. */
  delayMs: number;
  lane: Lane;
  /** A page under way is finished, whatever holds up the next ones. */
  isNewPage: boolean;
  signal: AbortSignal;
}

interface Waiter {
  wanted: TurnRequest;
  start(end: () => void): void;
  cancel(): void;
}

interface Host {
  /** Each lane's in the order they came; a lane without any is left out. */
  waiters: Map<Lane, Set<Waiter>>;
  active: number;
  /** By `performance.now()`. */
  nextStartMs: number;
  /** Answers in a row by which it asked for fewer requests. */
  refusals: number;
  isLoopback: boolean;
}

interface Turn {
  hostname: string;
  host: Host;
  waiter: Waiter;
}

const firstBackOffMs = 1_000;

/** A site may ask for hours; a crawl that waits that long looks broken, and its pages can be tried again by hand. */
export const maxBackOffMs = 60_000;

/**
 * Says when a request may start: so many at once for each host, so long after the host's last one. Crawls take turns,
 * and of one crawl its hosts, so that a long queue holds up no other. This machine's own hosts are not hurried and not
 * spared.
 */
export class Politeness implements Disposable {
  private readonly hosts = new Map<string, Host>();
  /** Counts turns, so that a lane can tell when it had its last. */
  private turns = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly perHost: number,
    /** Source of the jitter, from 0 to below 1. */
    private readonly random: () => number = Math.random,
  ) {}

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
          leave(host, waiter);
          reject(cancelled());
        },
      };
      const abort = (): void => {
        waiter.cancel();
        this.admit();
      };
      signal.addEventListener('abort', abort);
      const queue = host.waiters.get(wanted.lane);
      if (queue) queue.add(waiter);
      else host.waiters.set(wanted.lane, new Set([waiter]));
      this.admit();
    });
  }

  /** Starts what may start now; to be called when a lane has got room. */
  admit(): void {
    const now = performance.now();
    for (let turn = this.nextTurn(now); turn; turn = this.nextTurn(now)) this.start(turn, now);
    for (const [hostname, host] of this.hosts) {
      if (host.waiters.size === 0 && host.active === 0 && host.nextStartMs <= now)
        this.hosts.delete(hostname);
    }
    this.wakeForNext(now);
  }

  /**
   * Leaves a host alone for a while since it asks for fewer requests, the longer the oftener it has asked in a row.
   *
   * @param wishedMs what it says itself; 0 when it does not.
   */
  backOff(hostname: string, wishedMs: number): void {
    const host = this.hostOf(hostname);
    const ownMs = firstBackOffMs * 2 ** Math.min(host.refusals, 10) * (0.5 + this.random() / 2);
    host.refusals += 1;
    const waitMs = Math.min(maxBackOffMs, Math.max(wishedMs, ownMs));
    host.nextStartMs = Math.max(host.nextStartMs, performance.now() + waitMs);
    this.admit();
  }

  /** The host takes requests. */
  welcomed(hostname: string): void {
    const host = this.hosts.get(hostname);
    if (host) host.refusals = 0;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const { waiters } of this.hosts.values()) {
      for (const queue of waiters.values()) for (const waiter of queue) waiter.cancel();
    }
  }

  private hostOf(hostname: string): Host {
    let host = this.hosts.get(hostname);
    if (!host) {
      host = {
        waiters: new Map(),
        active: 0,
        nextStartMs: 0,
        refusals: 0,
        isLoopback: isLoopbackHost(hostname),
      };
      this.hosts.set(hostname, host);
    }
    return host;
  }

  /** Of the lanes that may go on, the one that has waited longest gets its turn, at the host that has. */
  private nextTurn(now: number): Turn | undefined {
    let next: Turn | undefined;
    for (const [hostname, host] of this.hosts) {
      if (now < host.nextStartMs || (!host.isLoopback && host.active >= this.perHost)) continue;
      for (const [lane, queue] of host.waiters) {
        if (next && next.waiter.wanted.lane.lastTurn <= lane.lastTurn) continue;
        const waiter = firstAdmissible(lane, queue);
        if (waiter) next = { hostname, host, waiter };
      }
    }
    return next;
  }

  private start({ hostname, host, waiter }: Turn, now: number): void {
    const { lane, delayMs, isNewPage } = waiter.wanted;
    leave(host, waiter);
    // Behind all others: the map is in the order of the hosts' turns.
    this.hosts.delete(hostname);
    this.hosts.set(hostname, host);
    host.active++;
    lane.begin(isNewPage, ++this.turns);
    if (!host.isLoopback) host.nextStartMs = now + delayMs;
    let isEnded = false;
    waiter.start(() => {
      if (isEnded) return;
      isEnded = true;
      host.active--;
      lane.end();
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

function firstAdmissible(lane: Lane, queue: ReadonlySet<Waiter>): Waiter | undefined {
  if (lane.isFull) return undefined;
  for (const waiter of queue) if (!waiter.wanted.isNewPage || lane.takesPages) return waiter;
  return undefined;
}

function leave({ waiters }: Host, waiter: Waiter): void {
  const { lane } = waiter.wanted;
  const queue = waiters.get(lane);
  queue?.delete(waiter);
  if (queue?.size === 0) waiters.delete(lane);
}
