import assert from 'node:assert/strict';
import { Backoff } from '../../src/client/backoff';

describe('Backoff', () => {
  it('doubles from 250 ms to 30 s, and never changes a value given out', () => {
    const ceilings: number[] = [];
    let backoff = Backoff.none;
    const first = backoff.next();
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      backoff = backoff.next();
      assert.equal(backoff.attempt, attempt);
      ceilings.push(backoff.ceilingMs);
    }
    assert.deepEqual(ceilings, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.equal(first.ceilingMs, 250);
  });

  it('waits anything up to the ceiling', () => {
    const backoff = Backoff.none.next().next();
    assert.equal(
      backoff.delayMs(() => 0),
      0,
    );
    assert.equal(
      backoff.delayMs(() => 0.5),
      250,
    );
    assert.equal(
      backoff.delayMs(() => 0.9999),
      500,
    );
  });
});
