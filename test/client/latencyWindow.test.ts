import assert from 'node:assert/strict';
import { LatencyWindow } from '../../src/client/latencyWindow';

describe('LatencyWindow', () => {
  it('knows nothing before the first round trip', () => {
    assert.deepEqual(new LatencyWindow().snapshot(), {
      count: 0,
      lastMs: undefined,
      p50Ms: undefined,
      p95Ms: undefined,
    });
  });

  it('gives one round trip for every figure', () => {
    const window = new LatencyWindow();
    window.add(7);
    assert.deepEqual(window.snapshot(), { count: 1, lastMs: 7, p50Ms: 7, p95Ms: 7 });
  });

  it('takes median and p95 by nearest rank, whatever the order', () => {
    const window = new LatencyWindow(100);
    for (let ms = 20; ms >= 1; ms -= 1) window.add(ms);
    assert.deepEqual(window.snapshot(), { count: 20, lastMs: 1, p50Ms: 10, p95Ms: 19 });
  });

  it('forgets what has left the window', () => {
    const window = new LatencyWindow(3);
    for (const ms of [1000, 1, 2, 3]) window.add(ms);
    assert.deepEqual(window.snapshot(), { count: 3, lastMs: 3, p50Ms: 2, p95Ms: 3 });
  });
});
