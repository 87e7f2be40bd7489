import { decodeServerMessage } from './decodeServerMessage';
import type { PageResult } from './messages';
import { peekResult } from './peekResult';
import { ProtocolError } from './protocolError';

/**
 * Decodes a message that {@link peekResult} has read.
 *
 * @throws {ProtocolError} as {@link decodeServerMessage}; also when the message is not what it looked like, which only
 *   one can be that names a field twice, or hides one behind the document.
 */
export function decodePeekedResult(bytes: Buffer): PageResult {
  const peeked = peekResult(bytes);
  const message = decodeServerMessage(bytes.toString());
  if (message.message_type === 'result' && peeked !== undefined) {
    const { index, result } = message.data;
    const isAsPeeked = index === peeked.index && result.url === peeked.url;
    if (isAsPeeked && result.error === null && result.document !== null) return message.data;
  }
  throw new ProtocolError('bad-field', 'data', 'data contradicts itself: a field is there twice');
}
