import assert from 'node:assert/strict';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { attributeName, tagOf } from '../../../src/engine/extract/dom/tags';
import { remembered } from '../../../src/engine/extract/remembered';

const pageBytes = 1_000_000;
const pageCount = 100;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that remain in use of pages whose names were all asked for. */
function bytesKept(ask: (name: string) => unknown): number {
  collectGarbage();
  const before = getHeapStatistics().used_heap_size;
  for (let n = 0; n < pageCount; n += 1) {
    const page = Buffer.alloc(pageBytes, `A-LONG-ENOUGH-NAME-${n} `).toString('latin1');
    ask(page.slice(0, page.indexOf(' ')));
  }
  collectGarbage();
  return getHeapStatistics().used_heap_size - before;
}

describe('what is remembered of pages', () => {
  it('is asked once for each name', () => {
    let asked = 0;
    const lengthOf = remembered((name) => {
      asked += 1;
      return name.length;
    });
    assert.deepEqual(['menu', 'menu', 'main', 'menu'].map(lengthOf), [4, 4, 4, 4]);
    assert.equal(asked, 2);
  });

  const asks = {
    'names of classes': remembered((name) => name.length),
    tags: tagOf,
    attributes: attributeName,
  };
  for (const [what, ask] of Object.entries(asks)) {
    it(`keeps ${what} without the pages they are from`, () => {
      assert.ok(bytesKept(ask) < 10 * pageBytes);
    });
  }
});
