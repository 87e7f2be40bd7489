import assert from 'node:assert/strict';
import { BatchQueue } from '../../src/client/batchQueue';
import { Ledger } from '../../src/client/ledger';

describe('Ledger', () => {
  it('always adds up, and settles each index once', () => {
    const ledger = new Ledger(4);
    assert.equal(ledger.settle(2, 'succeeded'), true);
    assert.equal(ledger.settle(2, 'failed'), false);
    assert.equal(ledger.settle(0, 'failed'), true);
    assert.equal(ledger.settle(3, 'skipped'), true);
    assert.equal(ledger.settle(4, 'succeeded'), false);
    assert.deepEqual(ledger.counts, { asked: 4, succeeded: 1, failed: 1, skipped: 1, outstanding: 1 });
    assert.deepEqual(ledger.outstandingIndexes(), [1]);
  });
});

describe('BatchQueue', () => {
  it('gives what was never asked for before what came back', () => {
    const queue = new BatchQueue(5, 2);
    assert.equal(queue.plannedBatches, 3);
    const first = queue.take();
    assert.deepEqual(first, [0, 1]);
    queue.putBack(first);
    assert.deepEqual(
      [queue.take(), queue.take(), queue.take(), queue.take()],
      [[2, 3], [4], [0, 1], undefined],
    );
  });

  it('halves until a culprit is alone, and loses none', () => {
    const queue = new BatchQueue(5, 5);
    const seen: (readonly number[])[] = [];
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
      if (batch.length > 1) queue.putBackHalved(batch);
      else seen.push(batch);
    }
    assert.deepEqual(seen.flat().sort(), [0, 1, 2, 3, 4]);
  });
});
