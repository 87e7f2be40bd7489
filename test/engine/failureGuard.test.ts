import assert from 'node:assert/strict';
import { FailureGuard } from '../../src/engine/failureGuard';

describe('failure guard', () => {
  const count = (outcomes: string): (string | null)[] => {
    const guard = new FailureGuard();
    return Array.from(outcomes, (outcome) => guard.count(outcome === 'x')?.message ?? null);
  };
  const spokenAt = (outcomes: string): number[] =>
    count(outcomes).flatMap((message, at) => (message === null ? [] : [at + 1]));

  it('speaks up at 20 pages of which half failed, not before', () => {
    assert.deepEqual(spokenAt('x'.repeat(19)), []);
    assert.deepEqual(spokenAt('x'.repeat(20)), [20]);
    assert.deepEqual(spokenAt('x.'.repeat(10)), [20]);
    assert.deepEqual(spokenAt('.' + '.x'.repeat(9) + '.'), []);
  });

  it('speaks up later when it gets worse later', () => {
    assert.deepEqual(spokenAt('.'.repeat(30) + 'x'.repeat(29)), []);
    assert.deepEqual(spokenAt('.'.repeat(30) + 'x'.repeat(30)), [60]);
  });

  it('speaks up once, with the figures', () => {
    assert.deepEqual(spokenAt('x'.repeat(500)), [20]);
    assert.equal(count('x.'.repeat(10)).at(-1), '10 of the first 20 pages failed. Go on with the others?');
  });
});
