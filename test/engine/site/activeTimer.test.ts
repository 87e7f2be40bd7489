import assert from 'node:assert/strict';
import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import { Lane } from '../../../src/engine/fetch/lane';
import { ActiveTimer } from '../../../src/engine/site/activeTimer';

describe('the time limit of a site crawl', () => {
  let clock: Clock;
  let endedAtMs: number | undefined;

  beforeEach(() => {
    clock = FakeTimers.install();
    endedAtMs = undefined;
  });
  afterEach(() => clock.uninstall());

  function start(durationMs: number): { lane: Lane; timer: ActiveTimer } {
    const lane = new Lane(1);
    const guest = { activeMs: () => lane.activeMs };
    return { lane, timer: new ActiveTimer(durationMs, guest, () => (endedAtMs = clock.now)) };
  }

  it('ends when its time is over', () => {
    start(10_000);
    clock.tick(9_999);
    assert.equal(endedAtMs, undefined);
    clock.tick(1);
    assert.equal(endedAtMs, 10_000);
  });

  it('does not pass while the crawl is paused', () => {
    const { lane } = start(10_000);
    clock.tick(6_000);
    lane.pause();
    clock.tick(3_600_000);
    assert.equal(endedAtMs, undefined);
    lane.unpause();
    clock.tick(2_000);
    lane.pause();
    // Asked twice to pause, it goes on at once when it is to.
    lane.pause();
    clock.tick(60_000);
    lane.unpause();
    clock.tick(1_990);
    assert.equal(endedAtMs, undefined);
    clock.tick(60);
    assert.notEqual(endedAtMs, undefined);
  });

  it('never comes when the crawl is over before', () => {
    const { timer } = start(10_000);
    timer.stop();
    clock.tick(20_000);
    assert.equal(endedAtMs, undefined);
  });

  it('may be longer than a timer of Node can be', () => {
    start(40 * 86_400_000);
    clock.tick(40 * 86_400_000 - 1);
    assert.equal(endedAtMs, undefined);
    clock.tick(1);
    assert.notEqual(endedAtMs, undefined);
  });
});
