import { Fields } from './fields';
import { ProtocolError } from './protocolError';

/** @throws {ProtocolError} `not-a-message` when the text is not a JSON object. */
export function parseJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProtocolError('not-a-message', '', `not JSON: ${(error as SyntaxError).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('not-a-message', '', 'not a JSON object');
  }
  return new Fields(value, '');
}
