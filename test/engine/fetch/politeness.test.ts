import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import assert from 'node:assert/strict';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { Lane } from '../../../src/engine/fetch/lane';
import { Politeness } from '../../../src/engine/fetch/politeness';
import { retryAfterMs } from '../../../src/engine/fetch/retryAfter';

describe('politeness', () => {
  let clock: Clock;
  let politeness: Politeness;
  let lane: Lane;
  let started: string[];
  const ends = new Map<string, () => void>();
  const never = new AbortController().signal;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    politeness = new Politeness(2);
    lane = new Lane(5);
    started = [];
    ends.clear();
  });

  afterEach(() => {
    politeness.dispose();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  function ask(name: string, hostname: string, delayMs = 500, signal = never, own = lane): Promise<void> {
    return politeness.enter({ hostname, delayMs, lane: own, isNewPage: true, signal }).then((end) => {
      started.push(name);
      ends.set(name, end);
    });
  }

  async function after(ms: number): Promise<string[]> {
    await clock.tickAsync(ms);
    return started.splice(0);
  }

  it('starts requests to one host in order, half a second apart, two at once', async () => {
    for (const name of ['a', 'b', 'c', 'd']) void ask(name, 'one.example');
    assert.deepEqual(await after(0), ['a']);
    assert.deepEqual(await after(499), []);
    assert.deepEqual(await after(1), ['b']);
    assert.deepEqual(await after(5000), []);
    ends.get('a')!();
    assert.deepEqual(await after(0), ['c']);
    ends.get('b')!();
    assert.deepEqual(await after(499), []);
    assert.deepEqual(await after(1), ['d']);
  });

  it('holds up no host for another, and gives each its turn', async () => {
    for (const name of ['a1', 'a2', 'a3']) void ask(name, 'a.example', 0);
    for (const name of ['b1', 'b2']) void ask(name, 'b.example', 0);
    void ask('c1', 'c.example', 0);
    // a1 and a2 came to an empty house; of the rest, each host gets one before any gets another.
    assert.deepEqual(await after(0), ['a1', 'a2', 'b1', 'b2', 'c1']);
    for (const name of ['a4', 'a5']) void ask(name, 'a.example', 0);
    void ask('d1', 'd.example', 0);
    ends.get('a1')!();
    ends.get('a2')!();
    assert.deepEqual((await after(0)).sort(), ['a3', 'd1']);
  });

  it('keeps the number over all hosts to the lane', async () => {
    for (let n = 0; n < 8; n++) void ask(`p${n}`, `${n}.example`);
    assert.equal((await after(10_000)).length, 5);
    const other = new Lane(1);
    void ask('x', 'x.example', 500, never, other);
    void ask('y', 'y.example', 500, never, other);
    assert.deepEqual(await after(0), ['x']);
    ends.get('p0')!();
    ends.get('p0')!();
    assert.deepEqual(await after(0), ['p5']);
  });

  it('does not let a full lane hold up another at the same host', async () => {
    const full = new Lane(1);
    void ask('a', 'one.example', 0, never, full);
    void ask('b', 'one.example', 0, never, full);
    void ask('c', 'one.example', 0);
    assert.deepEqual(await after(0), ['a', 'c']);
  });

  it('gives a short crawl its turns beside a long one, at one host and at many', async () => {
    const shared = new Lane(1);
    const long = new Lane(Infinity, { shared });
    const short = new Lane(Infinity, { shared });
    for (let n = 0; n < 4; n++) void ask(`long ${n}`, `${n}.example`, 0, never, long);
    for (let n = 4; n < 6; n++) void ask(`long ${n}`, 'one.example', 0, never, long);
    for (let n = 0; n < 2; n++) void ask(`short ${n}`, 'one.example', 0, never, short);
    const order: string[] = [];
    for (let turn = 0; turn < 8; turn++) {
      const [name] = await after(0);
      order.push(name!);
      ends.get(name!)!();
    }
    assert.deepEqual(order, [
      'long 0',
      'short 0',
      'long 1',
      'short 1',
      'long 2',
      'long 3',
      'long 4',
      'long 5',
    ]);
  });

  it('begins no page of a paused lane, and finishes those that have begun', async () => {
    const paused = new Lane(5, { onRoom: () => politeness.admit() });
    paused.pause();
    void ask('page', 'one.example', 0, never, paused);
    void politeness
      .enter({ hostname: 'one.example', delayMs: 0, lane: paused, isNewPage: false, signal: never })
      .then(() => started.push('redirect'));
    void ask('other', 'one.example', 0);
    assert.deepEqual((await after(0)).sort(), ['other', 'redirect']);
    ends.get('other')!();
    assert.deepEqual(await after(0), []);
    paused.unpause();
    assert.deepEqual(await after(0), ['page']);
  });

  it('begins no page before those ahead of the reader are taken', async () => {
    const lane = new Lane(5, { maxPagesAhead: 2, onRoom: () => politeness.admit() });
    for (const name of ['a', 'b', 'c', 'd']) void ask(name, 'one.example', 0, never, lane);
    assert.deepEqual(await after(0), ['a', 'b']);
    ends.get('a')!();
    ends.get('b')!();
    assert.deepEqual(await after(0), []);
    lane.pageTaken();
    assert.deepEqual(await after(0), ['c']);
  });

  it('neither slows down nor spares this machine, but for the lane', async () => {
    for (let n = 0; n < 7; n++) void ask(`p${n}`, n % 2 ? 'localhost' : '127.0.0.1');
    assert.equal((await after(0)).length, 5);
  });

  it('obeys a Retry-After', async () => {
    politeness.backOff('one.example', 3000);
    void ask('a', 'one.example');
    assert.deepEqual(await after(2999), []);
    assert.deepEqual(await after(1), ['a']);
  });

  it('leaves a host alone that does not say for how long, twice as long each time until it is welcome', async () => {
    const own = new Politeness(2, () => 0.999_999);
    /** One request, which the host refuses; how many seconds it had to wait. */
    const refusedAfter = async (wishedMs = 0): Promise<number> => {
      const sinceMs = performance.now();
      const entering = own.enter({
        hostname: 'one.example',
        delayMs: 0,
        lane,
        isNewPage: false,
        signal: never,
      });
      await clock.runAllAsync();
      const end = await entering;
      const waitedMs = performance.now() - sinceMs;
      own.backOff('one.example', wishedMs);
      end();
      return Math.round(waitedMs / 1000);
    };
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) waits.push(await refusedAfter());
    assert.deepEqual(waits, [0, 1, 2, 4]);
    own.welcomed('one.example');
    assert.deepEqual(
      [await refusedAfter(), await refusedAfter(86_400_000), await refusedAfter()],
      [8, 1, 60],
    );
    own.dispose();
  });

  it('forgets who cancels while waiting', async () => {
    const controller = new AbortController();
    void ask('a', 'one.example');
    const b = ask('b', 'one.example', 500, controller.signal);
    void ask('c', 'one.example');
    controller.abort();
    await assert.rejects(b, (error: CrawlFailure) => error.reason === 'cancelled');
    await assert.rejects(ask('d', 'one.example', 500, controller.signal), CrawlFailure);
    assert.deepEqual(await after(500), ['a', 'c']);
    assert.equal(clock.countTimers(), 0);
  });

  it('cancels all who wait when it is disposed', async () => {
    void ask('a', 'one.example');
    const b = ask('b', 'one.example');
    politeness.dispose();
    await assert.rejects(b, (error: CrawlFailure) => error.reason === 'cancelled');
  });

  it('reads Retry-After as seconds or a date', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    assert.equal(retryAfterMs('7', now), 7000);
    assert.equal(retryAfterMs('Sun, 22 Nov 2026 12:00:30 GMT', now), 30_000);
    assert.equal(retryAfterMs('86400', now), 86_400_000);
    for (const none of [undefined, '', 'soon', '-5', 'Sun, 22 Nov 2026 11:00:00 GMT']) {
      assert.equal(retryAfterMs(none, now), 0);
    }
  });
});
