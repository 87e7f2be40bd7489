import assert from 'node:assert/strict';
import { LatencyWindow } from '../../src/client/latencyWindow';

describe('LatencyWindow', () => {
  it('knows nothing before the first round trip', () => {
    assert.deepEqual(new LatencyWindow().snapshot(), {
      count: 0,
      lastMs: undefined,
      p50Ms: undefined,
      p95Ms: undefined,
      jitterMs: undefined,
      lost: 0,
    });
  });

  it('gives one round trip for every figure but the jitter, which takes two', () => {
    const window = new LatencyWindow();
    window.add(7);
    assert.deepEqual(window.snapshot(), {
      count: 1,
      lastMs: 7,
      p50Ms: 7,
      p95Ms: 7,
      jitterMs: undefined,
      lost: 0,
    });
  });

  it('takes the jitter from one round trip to the next, over what was lost', () => {
    const window = new LatencyWindow();
    for (const ms of [10, 14, 8]) window.add(ms);
    window.addLost();
    window.add(8);
    const { jitterMs, lost, count } = window.snapshot();
    assert.deepEqual([jitterMs, lost, count], [10 / 3, 1, 4]);
  });

  it('takes median and p95 by nearest rank, whatever the order', () => {
    const window = new LatencyWindow(100);
    for (let ms = 20; ms >= 1; ms -= 1) window.add(ms);
    const { count, lastMs, p50Ms, p95Ms, jitterMs } = window.snapshot();
    assert.deepEqual([count, lastMs, p50Ms, p95Ms, jitterMs], [20, 1, 10, 19, 1]);
  });

  it('forgets what has left the window', () => {
    const window = new LatencyWindow(3);
    window.addLost();
    for (const ms of [1000, 1, 2, 3]) window.add(ms);
    const { count, p95Ms, lost } = window.snapshot();
    assert.deepEqual([count, p95Ms, lost], [3, 3, 0]);
  });
});
