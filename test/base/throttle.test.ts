import assert from 'node:assert/strict';
import { install, type Clock } from '@sinonjs/fake-timers';
import { throttle } from '../../src/base/throttle';

describe('throttle', () => {
  let clock: Clock;
  beforeEach(() => (clock = install()));
  afterEach(() => clock.uninstall());

  it('runs at once, then at most once an interval, and never loses the last call', () => {
    let runs = 0;
    const throttled = throttle(100, () => (runs += 1));
    throttled();
    assert.equal(runs, 1);
    throttled();
    throttled();
    clock.tick(99);
    assert.equal(runs, 1);
    clock.tick(1);
    assert.equal(runs, 2);
    clock.tick(1_000);
    assert.equal(runs, 2);
    throttled();
    assert.equal(runs, 3);
  });

  it('does nothing more once disposed', () => {
    let runs = 0;
    const throttled = throttle(100, () => (runs += 1));
    throttled();
    throttled();
    throttled.dispose();
    clock.tick(1_000);
    assert.equal(runs, 1);
    assert.equal(clock.countTimers(), 0);
  });
});
