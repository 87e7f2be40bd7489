import { Fields } from './fields';
import { ProtocolError } from './protocolError';

/** @throws {ProtocolError} `not-a-message` when the text is not a JSON object. */
export function parseJson(text: string): Fields {
  const value = parseValue(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('not-a-message', '', 'not a JSON object');
  }
  return new Fields(value, '');
}

/** @throws {ProtocolError} `not-a-message` when the text is not JSON. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError('not-a-message', '', `not JSON: ${(error as SyntaxError).message}`);
  }
}
