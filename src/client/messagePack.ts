import { Decoder } from '@msgpack/msgpack';

// What a header claims is believed before the bytes are there; no message has more.
const decoder = new Decoder({ maxArrayLength: 100_000, maxMapLength: 10_000 });

/** @throws {Error} when the bytes are not one whole value of MessagePack. */
export function decodeMessagePack(bytes: Uint8Array): unknown {
  return decoder.decode(bytes);
}
