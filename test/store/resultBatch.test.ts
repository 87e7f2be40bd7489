import assert from 'node:assert/strict';
import { install, type Clock } from '@sinonjs/fake-timers';
import { ResultBatch } from '../../src/store/resultBatch';
import type { AddedResult } from '../../src/store/storeMessages';
import { pageResult } from '../support/pageResults';

describe('ResultBatch', () => {
  let clock: Clock;
  let written: number[][];
  let batch: ResultBatch<AddedResult>;

  beforeEach(() => {
    clock = install();
    written = [];
    batch = new ResultBatch((results) => written.push(results.map(({ requestId }) => requestId)));
  });

  afterEach(() => clock.uninstall());

  function result(requestId: number): AddedResult {
    return { kind: 'add', requestId, crawlId: 'a', result: pageResult(requestId, 'https://one.test/') };
  }

  it('writes 250 ms after the first result, however many follow', () => {
    batch.add(result(1));
    clock.tick(200);
    batch.add(result(2));
    clock.tick(49);
    assert.deepEqual(written, []);
    clock.tick(1);
    assert.deepEqual(written, [[1, 2]]);
    clock.tick(1000);
    assert.equal(written.length, 1);
  });

  it('writes at once with 200 results, and counts the next ones anew', () => {
    for (let id = 1; id <= 201; id++) batch.add(result(id));
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
    batch.add(result(1));
    batch.flush();
    batch.flush();
    clock.tick(1000);
    assert.deepEqual(written, [[1]]);
  });
});
