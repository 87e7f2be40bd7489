import { decodeDocument } from '../protocol/decodeServerMessage';
import { fromUtf8, peekAround, type AroundDocument } from '../protocol/peekResult';
import { ProtocolError } from '../protocol/protocolError';
import { documentBody } from './documentBody';
import type { DocumentFacts } from './outcomeOf';

/** A page that was read well; its document is sound, and stays the JSON that it came as. */
export interface DecodedResult extends AroundDocument {
  document: DocumentFacts;
}

/**
 * Decodes a message that `peekResult` has read. The document is parsed by itself: when it is one sound value, nothing
 * can be hidden behind it that says otherwise than what was peeked.
 *
 * @throws {ProtocolError} as `decodeServerMessage`.
 */
export function decodeRawResult(bytes: Buffer): DecodedResult {
  const around = peekAround(bytes);
  if (around === undefined) {
    throw new ProtocolError(
      'not-a-message',
      'data.result',
      'not a result that can be read without its document',
    );
  }
  return { ...around, document: factsOf(around.documentJson) };
}

/** Where nothing is escaped by its number, one character a byte tells as much, and is parsed in half the time. */
function factsOf(json: Buffer): DocumentFacts {
  const isBytewise = !json.includes('\\u');
  const document = decodeDocument(json.toString(isBytewise ? 'latin1' : 'utf8'), 'data.result.document');
  const { title, quality_score } = document;
  const body = documentBody(document);
  return {
    title: isBytewise && title !== null ? fromUtf8(title) : title,
    quality_score,
    bodyBytes: isBytewise ? body.length : Buffer.byteLength(body),
  };
}
