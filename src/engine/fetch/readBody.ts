import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { CrawlFailure } from '../crawlFailure';

export interface Body {
  /** Has its buffer to itself, so that it can be transferred to another thread. */
  body: Uint8Array;
  isTruncated: boolean;
}

type Decoder = () => Transform;

// A body that ends early still gives what there is of it, as in browsers.
const gunzip: Decoder = () => zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
const inflate: Decoder = () => zlib.createInflate({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
const inflateRaw: Decoder = () => zlib.createInflateRaw({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
const brotli: Decoder = () =>
  zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
// RFC 8878 asks for windows of 8 MB at most; without the limit, a header could claim 128 MB.
const zstd: Decoder = () =>
  zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } });

const hasZstd = 'createZstdDecompress' in zlib;

const decoders = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotli],
  ...(hasZstd ? [['zstd', zstd] as const] : []),
]);

const maxCodings = 2;

/** What to send as `Accept-Encoding`; Node before 22.15 knows no zstd. */
export const acceptedEncodings = `gzip, deflate, br${hasZstd ? ', zstd' : ''}`;

/**
 * Reads and decompresses a body up to `maxBytes` of decompressed size, then drops the connection.
 * Rejects with the stream's own error, or a {@link CrawlFailure} `bad-response` for a coding it does not know.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isTruncated = false;
  // Leaving the loop destroys the stream, and with it the socket.
  for await (const chunk of (await decode(response)) as AsyncIterable<Uint8Array>) {
    isTruncated = size + chunk.byteLength > maxBytes;
    const kept = isTruncated ? chunk.subarray(0, maxBytes - size) : chunk;
    chunks.push(kept);
    size += kept.byteLength;
    if (isTruncated) break;
  }
  return { body: join(chunks, size), isTruncated };
}

async function decode(response: IncomingMessage): Promise<Readable> {
  const codings = (response.headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > maxCodings) throw unknownCoding(codings.join(', '));
  let stream: Readable = response;
  for (const coding of codings.reverse()) {
    const decoder =
      coding === 'deflate' && stream === response ? await sniffDeflate(response) : decoders.get(coding);
    if (!decoder) throw unknownCoding(coding);
    // Errors arrive through the last stream, which `readBody` listens to.
    stream = pipeline(stream, decoder(), () => undefined);
  }
  return stream;
}

/** `deflate` means the zlib format, but some servers send it bare. */
async function sniffDeflate(response: IncomingMessage): Promise<Decoder> {
  await once(response, 'readable');
  const start = response.read() as Buffer | null;
  if (!start) return inflate;
  response.unshift(start);
  return ((start[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw;
}

function unknownCoding(coding: string): CrawlFailure {
  const message = `The page is compressed as "${coding.slice(0, 80)}", which was not asked for and cannot be read.`;
  return new CrawlFailure('bad-response', message);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
