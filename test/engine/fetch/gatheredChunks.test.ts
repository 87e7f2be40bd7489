import assert from 'node:assert/strict';
import { GatheredChunks } from '../../../src/engine/fetch/gatheredChunks';

describe('gathered chunks', () => {
  it('are those that came, in their order', () => {
    const chunks = new GatheredChunks();
    const parts = ['small', 'x'.repeat(5_000), 'a', 'b', '', 'y'.repeat(70_000), 'c'].map((part) =>
      Buffer.from(part),
    );
    for (const part of parts) chunks.add(part);
    const whole = Buffer.concat(parts);
    assert.ok(Buffer.concat(chunks.take()).equals(whole));
    assert.equal(chunks.size, whole.byteLength);
  });

  it('are few, however small they came', () => {
    const chunks = new GatheredChunks();
    for (let at = 0; at < 200_000; at++) chunks.add(Uint8Array.of(at % 251));
    const pieces = chunks.take();
    assert.ok(pieces.length < 5, String(pieces.length));
    assert.ok(Buffer.concat(pieces).every((byte, at) => byte === at % 251));
  });
});
