import assert from 'node:assert/strict';
import { install, type Clock } from '@sinonjs/fake-timers';
import { ResultBatch } from '../../src/store/resultBatch';

describe('ResultBatch', () => {
  let clock: Clock;
  let written: number[][];
  let batch: ResultBatch<number>;

  beforeEach(() => {
    clock = install();
    written = [];
    batch = new ResultBatch((results) => written.push(results));
  });

  afterEach(() => clock.uninstall());

  it('writes 250 ms after the first result, however many follow', () => {
    batch.add(1);
    clock.tick(200);
    batch.add(2);
    clock.tick(49);
    assert.deepEqual(written, []);
    clock.tick(1);
    assert.deepEqual(written, [[1, 2]]);
    clock.tick(1000);
    assert.equal(written.length, 1);
  });

  it('writes at once with 200 results, and counts the next ones anew', () => {
    for (let id = 1; id <= 201; id++) batch.add(id);
    assert.deepEqual(
      written.map((ids) => ids.length),
      [200],
    );
    clock.tick(249);
    assert.equal(written.length, 1);
    clock.tick(1);
    assert.deepEqual(written[1], [201]);
  });

  it('writes nothing when there is nothing', () => {
    batch.add(1);
    batch.flush();
    batch.flush();
    clock.tick(1000);
    assert.deepEqual(written, [[1]]);
  });
});
