import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';
import type { readPdf } from './pdfReader';

export interface PdfReader {
  readPdf: typeof readPdf;
}

type Run = (module: { exports: unknown }, exports: unknown, require: NodeJS.Require) => void;

let reader: PdfReader | null = null;

/** Built beside the worker, and compressed: it is larger than everything else together, and few crawls need it. */
export function loadPdfReader(): PdfReader {
  reader ??= load(join(__dirname, 'pdfReader.js.br'));
  return reader;
}

/** What `require` would do, had the file not to be decompressed first. */
function load(path: string): PdfReader {
  const source = brotliDecompressSync(readFileSync(path)).toString('utf8');
  const run = compileFunction(source, ['module', 'exports', 'require'], { filename: path }) as Run;
  const module: { exports: unknown } = { exports: {} };
  run(module, module.exports, createRequire(path));
  return module.exports as PdfReader;
}
