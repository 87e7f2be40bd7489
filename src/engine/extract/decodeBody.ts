import { isAscii, isUtf8 } from 'node:buffer';
import { detect } from 'chardet';
import sniffEncoding from 'html-encoding-sniffer';
import { encodingOfMarkup, labelledEncoding } from './declaredEncoding';

const sampleBytes = 64 * 1024;
const startBytes = 1024;
/** Text of another encoding has a character of UTF-8 by chance, one for several bytes that are none. */
const leastWholePerBroken = 2;
/** By each byte, 1 for what no text has: all but tab, line ends, form feed, and the escape of ISO-2022-JP. */
const isControl = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte === 127 || (byte < 32 && ![9, 10, 12, 13, 27].includes(byte))),
);

/** The body is no text in any encoding. */
export class BinaryBodyError extends Error {
  override readonly name = 'BinaryBodyError';
}

/**
 * Decodes a page: byte-order mark, then UTF-8 when the bytes are valid UTF-8, then what the server declared, then what
 * the page declares, else a guess from the bytes themselves. Nobody's claim of UTF-8 is believed unless most characters
 * beyond ASCII are.
 *
 * @throws BinaryBodyError when the bytes are not text.
 */
export function decodeBody(body: Uint8Array, charset: string | null, isMarkup: boolean): string {
  const encoding = encodingOf(body, charset, isMarkup);
  if (!encoding.toLowerCase().startsWith('utf-16') && isBinary(body)) {
    throw new BinaryBodyError('The page is binary data, not text.');
  }
  return new TextDecoder(encoding).decode(body).replaceAll('\0', '');
}

function encodingOf(body: Uint8Array, charset: string | null, isMarkup: boolean): string {
  const bom = sniffEncoding(body, { xml: true, defaultEncoding: 'none' });
  if (bom !== 'none') return bom;
  const utf16 = unmarkedUtf16(body);
  if (utf16 !== null) return utf16;
  const ofServer = charset === null ? null : labelledEncoding(charset);
  // Pages that are UTF-8 and claim otherwise are common.
  if (isUtf8(body)) {
    if (isEscapedJapanese(body)) return 'iso-2022-jp';
    return ofServer?.startsWith('UTF-16') && body.includes(0) ? ofServer : 'utf-8';
  }
  const ofPage = isMarkup ? encodingOfMarkup(body) : null;
  const declared = ofServer ?? ofPage;
  if (declared !== null && declared !== 'UTF-8') return declared;
  const sample = fromFirstBeyondAscii(body);
  if (isMostlyUtf8(sample)) return 'utf-8';
  return ofPage === null || ofPage === 'UTF-8' ? guessEncoding(sample) : ofPage;
}

/** By a tag at the start, or by the zeros in every other place, which no text has in any other encoding. */
function unmarkedUtf16(body: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const start = body.subarray(0, startBytes);
  if (!start.includes(0)) return null;
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    if (/^\s*<[!?a-z]/i.test(new TextDecoder(encoding).decode(start))) return encoding;
  }
  const zeros = [0, 0] as [even: number, odd: number];
  for (let at = 0; at < start.length; at += 1) if (start[at] === 0) zeros[at & 1 ? 1 : 0] += 1;
  const [even, odd] = zeros;
  if (Math.min(even, odd) > 0 || Math.max(even, odd) <= start.length / 4) return null;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

/** ISO-2022-JP is all ASCII bytes, so that its text also passes as UTF-8; what it escapes to, no other text does. */
function isEscapedJapanese(body: Uint8Array): boolean {
  if (!body.includes(0x1b) || !isAscii(body)) return false;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.includes('\x1b$B') || bytes.includes('\x1b$@');
}

function fromFirstBeyondAscii(body: Uint8Array): Uint8Array {
  let start = 0;
  while (start < body.length && (body[start] ?? 0) < 0x80) start += 1;
  return body.subarray(start, start + sampleBytes);
}

/** A page may be cut inside a character, or have a few bytes of something else put into it. */
function isMostlyUtf8(sample: Uint8Array): boolean {
  const text = new TextDecoder().decode(sample, { stream: true });
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) broken += 1;
    else if (code >= 0x80) whole += 1;
  }
  return whole > 0 && whole >= broken * leastWholePerBroken;
}

function guessEncoding(sample: Uint8Array): string {
  const guess = detect(sample);
  try {
    return guess === null ? 'windows-1252' : new TextDecoder(guess).encoding;
  } catch {
    return 'windows-1252';
  }
}

/** Text may hold a stray control character, not one in every twenty. */
function isBinary(body: Uint8Array): boolean {
  const sampled = Math.min(body.length, sampleBytes);
  let controls = 0;
  // An iterator takes three times as long, and this is read of every page.
  for (let at = 0; at < sampled; at += 1) controls += isControl[body[at] ?? 0] ?? 0;
  return controls > sampled / 20;
}
