import type { Clock } from '@sinonjs/fake-timers';

/** What loopback needs to carry a message and its answer over, while all timers stand still. */
const turnsPerSecond = 12;

/** So many rounds of the event loop, in each of which sockets are read. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the time of `clock` pass, and sockets be read in between, until `promise` settles. */
export async function untilSettled<Result>(clock: Clock, promise: Promise<Result>): Promise<Result> {
  const settled = new AbortController();
  const settle = (): void => settled.abort();
  promise.then(settle, settle);
  while (!settled.signal.aborted) {
    await turns(turnsPerSecond);
    clock.tick(1000);
  }
  return promise;
}
