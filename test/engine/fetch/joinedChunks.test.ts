import assert from 'node:assert/strict';
import { once } from 'node:events';
import { JoinedChunks } from '../../../src/engine/fetch/joinedChunks';

describe('joined chunks', () => {
  it('are few, however small they come, and all there in their order', async () => {
    const joined = new JoinedChunks();
    const chunks: Buffer[] = [];
    joined.on('data', (chunk: Buffer) => chunks.push(chunk));
    const whole = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
    for (const byte of whole.keys()) joined.write(whole.subarray(byte, byte + 1));
    joined.write(whole);
    joined.end();
    await once(joined, 'end');
    assert.ok(Buffer.concat(chunks).equals(Buffer.concat([whole, whole])));
    assert.ok(chunks.length < 20, String(chunks.length));
  });

  it('wait for no others', async () => {
    const joined = new JoinedChunks();
    for (const text of ['a', 'b']) {
      joined.write(text);
      const [chunk] = (await once(joined, 'data')) as [Buffer];
      assert.equal(chunk.toString(), text);
    }
  });
});
