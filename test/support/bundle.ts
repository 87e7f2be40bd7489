import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { build } from 'esbuild';

const folder = resolve('.cache/bundles');
const quality = 5;
const built = new Map<string, Promise<string>>();

/**
 * Builds one entry of `src` as the extension's build does and returns the path of the bundle: threads and processes
 * cannot run TypeScript. Run it in a `before`; a second call for the same entry in the same run costs nothing.
 */
export function bundleWorker(entry: string): Promise<string> {
  const known = built.get(entry);
  if (known !== undefined) return known;
  const path = bundle(entry);
  built.set(entry, path);
  return path;
}

/** Lays beside the engine what its threads load when a PDF needs it, compressed as in the build. */
export async function packEngineData(): Promise<void> {
  const path = await bundleWorker('src/engine/extract/pdf/pdfReader.ts');
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  await replaceFile(`${path}.br`, await promisify(brotliCompress)(await readFile(path), { params }));
  const { packCharacterMaps } = createRequire(resolve('package.json'))('./characterMaps.js') as {
    packCharacterMaps: (quality: number) => Uint8Array;
  };
  await replaceFile(join(folder, 'characterMaps.br'), packCharacterMaps(quality));
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    target: 'node20',
    loader: { '.wasm': 'binary' },
    write: false,
  });
  await mkdir(folder, { recursive: true });
  return replaceFile(join(folder, `${basename(entry, '.ts')}.js`), outputFiles[0]!.contents);
}

async function replaceFile(path: string, contents: Uint8Array): Promise<string> {
  // Renamed into place, since another test run may be loading the same bundle.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
  return path;
}
