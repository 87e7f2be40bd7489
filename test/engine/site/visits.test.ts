import assert from 'node:assert/strict';
import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import type { VisitedPage } from '../../../src/engine/site/siteGuest';
import { Visits } from '../../../src/engine/site/visits';

describe('the pages under way of a site crawl', () => {
  let clock: Clock;
  let visits: Visits;
  let begin: (() => void)[];
  let finish: (() => void)[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    visits = new Visits();
    begin = [];
    finish = [];
  });
  afterEach(() => clock.uninstall());

  function add(count: number, isSeed = false): void {
    for (let index = finish.length; count > 0; index += 1, count -= 1) {
      const url = `https://example.org/${index}`;
      const page = {
        ...{ index, url, key: url, depth: 1, cost: 1 },
        ...{ isSeed, foundOn: url, dateSteps: 0 },
      };
      // What was visited is handed on as it is.
      visits.add(page, (onBegin) => {
        begin.push(onBegin);
        return new Promise((resolve) => finish.push(() => resolve({} as VisitedPage)));
      });
    }
  }

  /** The index of the page that comes up, or what else does. */
  async function next(): Promise<number | string> {
    const upcoming = await visits.next();
    return upcoming.kind === 'done' ? upcoming.page.index : upcoming.kind;
  }

  it('come up in the order in which they were begun', async () => {
    add(3);
    for (const index of [2, 0, 1]) finish[index]?.();
    assert.deepEqual([await next(), await next(), await next(), await next()], [0, 1, 2, 'none']);
  });

  it('lose their turn 2 s after they have begun, and come up when they are there', async () => {
    add(16);
    begin[0]?.();
    begin[1]?.();
    const first = next();
    assert.equal(visits.hasRoom, false);
    await clock.tickAsync(1_999);
    finish[2]?.();
    await clock.tickAsync(1);
    assert.equal(await first, 'late');
    assert.equal(visits.hasRoom, true);
    assert.deepEqual([await next(), await next()], ['late', 2]);
    finish[0]?.();
    assert.equal(await next(), 0);
    assert.equal(visits.isEmpty, false);
  });

  it('lose it also where their server keeps them waiting', async () => {
    add(2);
    const first = next();
    await clock.tickAsync(1_500);
    begin[0]?.();
    await clock.tickAsync(1_999);
    finish[0]?.();
    assert.equal(await first, 0);
    const second = next();
    await clock.tickAsync(2_000);
    assert.equal(await second, 'late');
  });

  it('keep their turn where they are seeds, which decide what is in scope', async () => {
    add(2, true);
    finish[1]?.();
    const first = next();
    await clock.tickAsync(60_000);
    finish[0]?.();
    assert.equal(await first, 0);
  });

  it('are late by 16 at most', async () => {
    add(18);
    for (let late = 0; late < 16; late += 1) {
      const upcoming = next();
      await clock.tickAsync(2_000);
      assert.equal(await upcoming, 'late');
    }
    finish[17]?.();
    const upcoming = next();
    await clock.tickAsync(60_000);
    finish[5]?.();
    assert.equal(await upcoming, 5);
    const then = next();
    await clock.tickAsync(2_000);
    assert.equal(await then, 'late');
    assert.equal(await next(), 17);
  });
});
