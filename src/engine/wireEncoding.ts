import { Encoder } from '@msgpack/msgpack';
import type { ResultEncoding } from '../protocol/messages';

// As in JSON, a field without a value is left out.
const packer = new Encoder({ ignoreUndefined: true });
const utf8 = new TextEncoder();

/** A value as it goes over the wire; the bytes have their buffer to themselves. */
export function encodeValue(value: object, encoding: ResultEncoding): Uint8Array<ArrayBuffer> {
  return encoding === 'json' ? utf8.encode(JSON.stringify(value)) : packer.encode(value);
}
