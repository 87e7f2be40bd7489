import assert from 'node:assert/strict';
import { install, type Clock } from '@sinonjs/fake-timers';
import { ResultBatch, type FullBatch } from '../../src/store/resultBatch';

const megabyte = 1024 * 1024;

describe('ResultBatch', () => {
  let clock: Clock;
  let written: FullBatch[];
  /** Ends the writes in their order. */
  let ends: (() => void)[];
  let batch: ResultBatch;

  const writer = { resolve: (): void => undefined, reject: (): void => undefined };
  const add = (): void => batch.add({ kind: 'addPages', crawlId: 'a', pages: [] }, writer);
  const addRaw = (crawlId: string, index: number, message: Buffer): void =>
    batch.addRaw(crawlId, index, message, writer);

  beforeEach(() => {
    clock = install();
    written = [];
    ends = [];
    batch = new ResultBatch((full) => {
      written.push(full);
      return new Promise((resolve) => ends.push(resolve));
    });
  });

  afterEach(() => clock.uninstall());

  it('writes 250 ms after the first result, however many follow', () => {
    add();
    clock.tick(200);
    add();
    clock.tick(49);
    assert.equal(written.length, 0);
    clock.tick(1);
    assert.deepEqual(
      written.map(({ writers }) => writers.length),
      [2],
    );
    clock.tick(1000);
    assert.equal(written.length, 1);
  });

  it('writes at once with 200 results, and counts the next ones anew', () => {
    for (let count = 0; count < 201; count++) add();
    assert.deepEqual(
      written.map(({ writers }) => writers.length),
      [200],
    );
    clock.tick(249);
    assert.equal(written.length, 1);
    clock.tick(1);
    assert.equal(written[1]?.writers.length, 1);
  });

  it('writes nothing when there is nothing', () => {
    add();
    batch.flush();
    batch.flush();
    clock.tick(1000);
    assert.equal(written.length, 1);
  });

  it('copies raw results when they are added, and keeps the order', () => {
    const message = Buffer.from('one');
    addRaw('a', 7, message);
    message.write('xxx');
    addRaw('a', 3, Buffer.from('three'));
    add();
    addRaw('a', 4, Buffer.from('four'));
    addRaw('b', 4, Buffer.from('five'));
    batch.flush();
    const full = written[0];
    assert.deepEqual(full?.additions, [
      { kind: 'addRaw', crawlId: 'a', indexes: [7, 3], lengths: [3, 5] },
      { kind: 'addPages', crawlId: 'a', pages: [] },
      { kind: 'addRaw', crawlId: 'a', indexes: [4], lengths: [4] },
      { kind: 'addRaw', crawlId: 'b', indexes: [4], lengths: [4] },
    ]);
    assert.equal(Buffer.from(full.memory).toString('utf8', 0, 16), 'onethreefourfive');
    assert.equal(full.writers.length, 5);
  });

  it('writes before a result that has no place any more, and at once what is larger than a batch', () => {
    addRaw('a', 0, Buffer.alloc(megabyte - 10, 1));
    addRaw('a', 1, Buffer.alloc(11, 2));
    assert.deepEqual(
      written.map(({ writers }) => writers.length),
      [1],
    );
    addRaw('a', 2, Buffer.alloc(megabyte + 1, 3));
    assert.deepEqual(
      written.map(({ memory }) => [memory.length, memory[0]]),
      [
        [megabyte, 1],
        [megabyte, 2],
        [megabyte + 1, 3],
      ],
    );
  });

  it('uses memory again, but not before it is written', async () => {
    const fill = (): void => addRaw('a', 0, Buffer.alloc(megabyte));
    fill();
    fill();
    ends[0]?.();
    await Promise.resolve();
    fill();
    const [first, second, third] = written;
    assert.notEqual(second?.memory, first?.memory);
    assert.equal(third?.memory, first?.memory);
  });
});
