import { decodeDocument, decodeServerMessage } from './decodeServerMessage';
import type { PageResult } from './messages';
import { peekAround } from './peekResult';
import { ProtocolError } from './protocolError';

export interface DecodedResult {
  page: PageResult;
  /** The document's own JSON, a part of the message. */
  documentJson: Buffer;
}

/**
 * Decodes a message that `peekResult` has read. The document is parsed by itself: when it is one sound value, nothing
 * can be hidden behind it that says otherwise than what was peeked.
 *
 * @throws {ProtocolError} as {@link decodeServerMessage}.
 */
export function decodePeekedResult(bytes: Buffer): DecodedResult {
  const around = peekAround(bytes);
  const envelope = around && decodeServerMessage(`${around.before}null${around.after}`);
  if (around === undefined || envelope?.message_type !== 'result') {
    throw new ProtocolError(
      'not-a-message',
      'data.result',
      'not a result that can be read without its document',
    );
  }
  const { documentJson } = around;
  const document = decodeDocument(documentJson.toString(), 'data.result.document');
  const { result, ...rest } = envelope.data;
  return { page: { ...rest, result: { ...result, document } }, documentJson };
}
