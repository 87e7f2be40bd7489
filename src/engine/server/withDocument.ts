import type { CrawlResult, ResultEncoding } from '../../protocol/messages';
import type { EncodedResult } from '../crawlEvent';
import type { EncodedDocument } from '../encodedDocument';

/**
 * The key and `null` where a document belongs. No text before it can look the same: in JSON its quotes would be escaped,
 * and MessagePack's last byte is in no UTF-8.
 */
const places: Record<ResultEncoding, Buffer> = {
  json: Buffer.from('"document":null'),
  messagepack: Buffer.from('\xa8document\xc0', 'latin1'),
};
const nothingBytes: Record<ResultEncoding, number> = { json: 4, messagepack: 1 };

/** What is encoded first. */
export function withoutDocument(result: EncodedResult): CrawlResult {
  return { ...result, document: null };
}

/** Puts a result's document into the message that was encoded without it. */
export function withDocument(
  message: Uint8Array,
  document: EncodedDocument | null,
  encoding: ResultEncoding = 'json',
): Buffer {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (!document) return bytes;
  const end = bytes.indexOf(places[encoding]) + places[encoding].length;
  return Buffer.concat([
    bytes.subarray(0, end - nothingBytes[encoding]),
    document.bytes,
    bytes.subarray(end),
  ]);
}
