import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const folder = resolve('.cache/bundles');
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
  const path = join(folder, `${basename(entry, '.ts')}.js`);
  // Renamed into place, since another test run may be loading the same bundle.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, outputFiles[0]!.contents);
  await rename(draft, path);
  return path;
}
