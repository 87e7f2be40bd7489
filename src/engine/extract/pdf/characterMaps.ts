import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** Gives the table of that name, which fonts without one of their own number their characters by. */
export type ReadCharacterMap = (name: string) => Uint8Array;

let maps: ReadonlyMap<string, Uint8Array> | null = null;

/**
 * Built beside the worker, and compressed: few PDFs need any.
 *
 * @throws when there is none of that name.
 */
export function readCharacterMap(name: string): Uint8Array {
  maps ??= unpack(brotliDecompressSync(readFileSync(join(__dirname, 'characterMaps.br'))));
  const map = maps.get(name);
  if (map === undefined) throw new Error(`There is no character map ${name}.`);
  // A copy, since what is handed on may be transferred.
  return map.slice();
}

/** A line of JSON, `[[name, length in bytes], …]`, then the tables in that order. */
function unpack(packed: Buffer): Map<string, Uint8Array> {
  const end = packed.indexOf('\n');
  const contents = JSON.parse(packed.toString('utf8', 0, end)) as [name: string, bytes: number][];
  let start = end + 1;
  return new Map(
    contents.map(([name, bytes]) => {
      const map = new Uint8Array(packed.buffer, packed.byteOffset + start, bytes);
      start += bytes;
      return [name, map];
    }),
  );
}
