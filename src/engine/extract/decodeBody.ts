import { isUtf8 } from 'node:buffer';
import { detect } from 'chardet';
import sniffEncoding from 'html-encoding-sniffer';

const sampleBytes = 64 * 1024;
const startBytes = 1024;
/** By each byte, 1 for what no text has: all but tab, line ends, form feed, and the escape of ISO-2022-JP. */
const isControl = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte === 127 || (byte < 32 && ![9, 10, 12, 13, 27].includes(byte))),
);

/** The body is no text in any encoding. */
export class BinaryBodyError extends Error {
  override readonly name = 'BinaryBodyError';
}

/**
 * Decodes a page: byte-order mark, then what the server declared, then what the page declares, else
 * UTF-8 when the bytes are valid UTF-8, else a guess from the bytes themselves.
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
  const declared = declaredEncoding(body, charset, isMarkup);
  // Pages that claim UTF-8 and are not, and pages that are UTF-8 and claim otherwise, are common.
  if (isUtf8(body)) return declared && isMultibyteEscaped(declared) ? declared : 'utf-8';
  if (declared && declared !== 'UTF-8') return declared;
  return isTruncatedUtf8(body) ? 'utf-8' : guessEncoding(body);
}

/** By the zeros in every other place, which markup has in UTF-16 and no text has in any other encoding. */
function unmarkedUtf16(body: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const start = body.subarray(0, startBytes);
  const zeros = [0, 0] as [even: number, odd: number];
  for (let at = 0; at < start.length; at += 1) if (start[at] === 0) zeros[at & 1 ? 1 : 0] += 1;
  const [even, odd] = zeros;
  if (Math.min(even, odd) > 0 || Math.max(even, odd) <= start.length / 4) return null;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

function declaredEncoding(body: Uint8Array, charset: string | null, isMarkup: boolean): string | null {
  if (charset) {
    const fromHeader = sniffEncoding(new Uint8Array(), {
      xml: true,
      transportLayerEncodingLabel: charset.trim(),
      defaultEncoding: 'none',
    });
    if (fromHeader !== 'none') return fromHeader;
  }
  if (!isMarkup) return null;
  const fromMeta = sniffEncoding(body, { defaultEncoding: 'none' });
  return fromMeta === 'none' ? null : fromMeta;
}

/** Encodings that are all ASCII bytes, so that their text also passes as UTF-8. */
function isMultibyteEscaped(encoding: string): boolean {
  return encoding === 'ISO-2022-JP' || encoding.startsWith('UTF-16');
}

/** A page cut at a size limit may end in the middle of a character. */
function isTruncatedUtf8(body: Uint8Array): boolean {
  for (let cut = 1; cut <= 3 && cut < body.length; cut++) {
    if (isUtf8(body.subarray(0, body.length - cut))) return true;
  }
  return false;
}

function guessEncoding(body: Uint8Array): string {
  const guess = detect(body.subarray(0, sampleBytes));
  try {
    return guess === null ? 'windows-1252' : new TextDecoder(guess).encoding;
  } catch {
    return 'windows-1252';
  }
}

/** Text may hold a stray control character, not one in every twenty. */
function isBinary(body: Uint8Array): boolean {
  const sample = body.subarray(0, sampleBytes);
  let controls = 0;
  for (const byte of sample) controls += isControl[byte] ?? 0;
  return controls > sample.length / 20;
}
