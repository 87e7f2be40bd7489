import assert from 'node:assert/strict';
import { MessageQueue } from '../../src/client/messageQueue';

const end = { done: true, value: undefined };

async function drain(queue: MessageQueue<number>): Promise<number[]> {
  const read: number[] = [];
  for (let next = await queue.next(); !next.done; next = await queue.next()) read.push(next.value);
  return read;
}

describe('MessageQueue', () => {
  it('keeps the order, however pushing and reading alternate', async () => {
    const queue = new MessageQueue<number>();
    queue.push(1);
    queue.push(2);
    assert.deepEqual(await queue.next(), { done: false, value: 1 });
    queue.push(3);
    queue.end();
    queue.push(4);
    assert.deepEqual(await drain(queue), [2, 3]);
  });

  it('answers readers that came first, in their order', async () => {
    const queue = new MessageQueue<number>();
    const reads = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.push(2);
    queue.end();
    assert.deepEqual(await Promise.all(reads), [{ done: false, value: 1 }, { done: false, value: 2 }, end]);
  });

  it('gives the error once, after what came before it', async () => {
    const queue = new MessageQueue<number>();
    queue.push(1);
    queue.end(new Error('lost'));
    assert.deepEqual(await queue.next(), { done: false, value: 1 });
    await assert.rejects(queue.next(), /lost/);
    assert.deepEqual(await queue.next(), end);
  });

  it('gives the error to one waiting reader and the end to the others', async () => {
    const queue = new MessageQueue<number>();
    const first = assert.rejects(queue.next(), /lost/);
    const second = queue.next();
    queue.end(new Error('lost'));
    await first;
    assert.deepEqual(await second, end);
  });

  it('forgets what is unread when discarded, also after the end', async () => {
    for (const endFirst of [false, true]) {
      const queue = new MessageQueue<number>();
      queue.push(1);
      if (endFirst) queue.end(new Error('lost'));
      queue.discard(new Error('cancelled'));
      await assert.rejects(queue.next(), /cancelled/);
      assert.deepEqual(await queue.next(), end);
    }
  });

  it('stays ended when discarded after everything was read', async () => {
    const queue = new MessageQueue<number>();
    queue.end();
    queue.discard(new Error('cancelled'));
    assert.deepEqual(await queue.next(), end);
  });
});
