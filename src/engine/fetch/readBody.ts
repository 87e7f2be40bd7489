import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { CrawlFailure } from '../crawlFailure';
import { GatheredChunks } from './gatheredChunks';
import { JoinedChunks } from './joinedChunks';

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
  zlib.createZstdDecompress({
    params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 },
    finishFlush: zlib.constants.ZSTD_e_flush,
  });

const hasZstd = 'createZstdDecompress' in zlib;

const decoders = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotli],
  ...(hasZstd ? [['zstd', zstd] as const] : []),
]);

/** What servers say here that have mistaken the header for another one. */
const noCodings = /^(?:|identity|none|null|binary|[78]bit|plain|text|utf-?8|iso-8859-1|(?:aws-)?chunked)$/;

const maxCodings = 2;

/** Of one body, in one turn of the event loop, lest others wait for megabytes of it. */
const maxBytesInTurn = 256 * 1024;

/** Of a chunk, in bytes: one of a single byte takes as long. A body of such chunks alone is cut long before its size is. */
const leastCost = 256;
const maxCostPerByte = 4;

/** In bytes: more than an empty body has when it is compressed. */
const mostOfNothing = 64;

/** What to send as `Accept-Encoding`; Node before 22.15 knows no zstd. */
export const acceptedEncodings = `gzip, deflate, br${hasZstd ? ', zstd' : ''}`;

/**
 * Reads and decompresses a body up to `maxBytes` of decompressed size, then drops the connection.
 * Rejects with the stream's own error, or a {@link CrawlFailure} `bad-response` for a coding it does not know.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Body> {
  const stream = await openBody(response);
  const read = await readStream(stream, maxBytes);
  const isCutShort =
    read.body.byteLength === 0 && 'bytesWritten' in stream && Number(stream.bytesWritten) > mostOfNothing;
  // With the code of what cannot be decompressed, so that the page is asked for as it is.
  if (isCutShort)
    throw Object.assign(new Error('it ends before anything can be read'), { code: 'Z_BUF_ERROR' });
  return read;
}

/** The decompressed body, to be read as it arrives. Rejects as {@link readBody}. */
export async function openBody(response: IncomingMessage): Promise<Readable> {
  const { 'content-encoding': coding } = response.headers;
  return coding === undefined ? response : decode(response, coding);
}

/** By its events: to iterate over a stream costs more than all else that is done with a small page. */
function readStream(stream: Readable, maxBytes: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks = new GatheredChunks();
    let cost = 0;
    let costInTurn = 0;
    const take = (chunk: Uint8Array): void => {
      const kept = chunk.subarray(0, maxBytes - chunks.size);
      chunks.add(kept);
      cost += Math.max(kept.byteLength, leastCost);
      costInTurn += Math.max(kept.byteLength, leastCost);
      if (kept.byteLength < chunk.byteLength || cost > maxCostPerByte * maxBytes) {
        // What is buffered comes all the same.
        stream.off('data', take);
        resolve(join(chunks, true));
        // And with it the socket.
        stream.destroy();
        return;
      }
      if (costInTurn < maxBytesInTurn) return;
      costInTurn = 0;
      stream.pause();
      void setImmediate().then(() => stream.resume());
    };
    stream.on('data', take);
    stream.once('end', () => resolve(join(chunks, false)));
    stream.on('error', reject);
    stream.once('close', () => {
      if (!stream.readableEnded) reject(Object.assign(new Error('closed too early'), { code: 'ECONNRESET' }));
    });
  });
}

async function decode(response: IncomingMessage, contentEncoding: string): Promise<Readable> {
  const codings = contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => !noCodings.test(coding));
  if (codings.length > maxCodings) throw unknownCoding(codings.join(', '));
  let stream: Readable = response;
  for (const coding of codings.reverse()) {
    const decoder =
      coding === 'deflate' && stream === response ? await sniffDeflate(response) : decoders.get(coding);
    if (!decoder) throw unknownCoding(coding);
    // Errors arrive through the last stream, which `readBody` listens to.
    if (stream === response) stream = pipeline(response, new JoinedChunks(), () => undefined);
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

async function join(chunks: GatheredChunks, isTruncated: boolean): Promise<Body> {
  // Of its own, which no other buffer shares, and without zeros that would be written over; no Buffer, whose slices are
  // no copies.
  const whole = new Uint8Array(Buffer.allocUnsafeSlow(chunks.size).buffer);
  let offset = 0;
  let joinedInTurn = 0;
  for (const chunk of chunks.take()) {
    if (joinedInTurn > maxBytesInTurn) {
      joinedInTurn = 0;
      await setImmediate();
    }
    whole.set(chunk, offset);
    offset += chunk.byteLength;
    joinedInTurn += chunk.byteLength;
  }
  return { body: whole, isTruncated };
}
