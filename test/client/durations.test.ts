import assert from 'node:assert/strict';
import { Durations } from '../../src/client/durations';

describe('Durations', () => {
  it('knows no figure before the first', () => {
    assert.deepEqual(new Durations().snapshot(), {
      count: 0,
      totalMs: 0,
      p50Ms: undefined,
      p95Ms: undefined,
      maxMs: undefined,
    });
  });

  it('gives median and p95 within 1 %, whatever their size', () => {
    for (const unitMs of [0.01, 1, 60]) {
      const durations = new Durations();
      for (let at = 100; at >= 1; at -= 1) durations.record(at * unitMs);
      const { count, totalMs, p50Ms, p95Ms, maxMs } = durations.snapshot();
      assert.deepEqual([count, maxMs], [100, 100 * unitMs]);
      assert.ok(Math.abs(totalMs - 5050 * unitMs) < 1e-6 * totalMs);
      for (const [found, expected] of [
        [p50Ms, 50],
        [p95Ms, 95],
      ] as const) {
        assert.ok(Math.abs((found ?? 0) / unitMs - expected) <= 0.01 * expected, `${found} of ${unitMs}`);
      }
    }
  });

  it('takes what is shorter than a microsecond, and what is longer than an hour', () => {
    const durations = new Durations();
    durations.record(0);
    durations.record(1e9);
    const { count, maxMs } = durations.snapshot();
    assert.deepEqual([count, maxMs], [2, 1e9]);
  });
});
