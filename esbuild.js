// Builds every bundle: `node esbuild.js [--watch] [--production]`.
const esbuild = require('esbuild');
const { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');
const { packCharacterMaps } = require('./characterMaps');

const isProduction = process.argv.includes('--production');
const isWatching = process.argv.includes('--watch');

/** What the engine may take on disk, all that it loads included. */
const maxEngineBytes = 2_000_000;
const engineFiles = [
  'dist/engine.js',
  'dist/extractWorker.js',
  'dist/pdfReader.js.br',
  'dist/characterMaps.br',
];

/** The best takes seconds. */
const brotliQuality = isProduction ? 11 : 5;

/** What is shipped of packages that no bundle imports: the character maps, and the PDF reader inside another package. */
const furtherLicenses = ['node_modules/pdfjs-dist/LICENSE', 'node_modules/pdfjs-dist/cmaps/LICENSE'];

const shared = {
  bundle: true,
  minify: isProduction,
  sourcemap: isProduction ? false : 'linked',
  metafile: true,
  logLevel: 'info',
  outdir: 'dist',
  legalComments: 'none',
};
// ESM first: a UMD `main` hides its requires from the bundler.
const node = { ...shared, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] };

/** What is run by its name, as npm links it. */
const command = { banner: { js: '#!/usr/bin/env node' } };

/** Writes each file compressed, as what is seldom loaded is kept. */
const compressed = {
  name: 'compressed',
  setup(build) {
    build.initialOptions.write = false;
    build.initialOptions.sourcemap = false;
    const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
    build.onEnd(({ outputFiles }) => {
      for (const { path, contents } of outputFiles ?? []) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.br`, brotliCompressSync(contents, { params }));
      }
    });
  },
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts' }, target: 'node22', external: ['vscode'] },
  { ...node, entryPoints: { storeWorker: 'src/store/storeWorker.ts' }, target: 'node22' },
  { ...node, ...command, entryPoints: { riptide: 'src/cli/riptide.ts' }, target: 'node22' },
  // The engine also runs alone, on any Node from 20 on.
  {
    ...node,
    ...command,
    entryPoints: {
      engine: 'src/engine/main.ts',
      extractWorker: 'src/engine/extract/extractWorker.ts',
    },
    target: 'node20',
    loader: { '.wasm': 'binary' },
  },
  {
    ...node,
    entryPoints: { pdfReader: 'src/engine/extract/pdf/pdfReader.ts' },
    target: 'node20',
    plugins: [compressed],
  },
  {
    ...shared,
    entryPoints: { panel: 'src/webview/main.ts' },
    platform: 'browser',
    format: 'iife',
    target: 'chrome128',
    tsconfig: 'src/webview/tsconfig.json',
  },
];

/** The licence texts of all that is shipped: most ask to be shipped along. */
function licenses(inputs) {
  const folders = inputs.flatMap((input) => input.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []);
  const ofPackages = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) return `${name} ${version} (${license})`;
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}`;
  });
  const further = furtherLicenses.map(
    (file) => `${dirname(file).replace('node_modules/', '')}\n\n${readFileSync(file, 'utf8').trim()}`,
  );
  return [...ofPackages, ...further].join(`\n\n${'-'.repeat(80)}\n\n`);
}

async function main() {
  if (!isWatching) rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/characterMaps.br', packCharacterMaps(brotliQuality));
  if (isWatching) {
    // The background problem matcher in .vscode/tasks.json waits for these two lines, so each comes once for all bundles.
    let running = 0;
    const announce = {
      name: 'announce',
      setup(build) {
        build.onStart(() => {
          if (running++ === 0) console.log('[watch] build started');
        });
        build.onEnd(() => {
          if (--running === 0) console.log('[watch] build finished');
        });
      },
    };
    await Promise.all(
      bundles.map(async (bundle) => {
        const { plugins = [] } = bundle;
        return (await esbuild.context({ ...bundle, plugins: [...plugins, announce] })).watch();
      }),
    );
    return;
  }
  const results = await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  const metafile = { inputs: {}, outputs: {} };
  for (const result of results) {
    Object.assign(metafile.inputs, result.metafile.inputs);
    Object.assign(metafile.outputs, result.metafile.outputs);
  }
  writeFileSync('dist/meta.json', JSON.stringify(metafile));
  writeFileSync('dist/licenses.txt', licenses(Object.keys(metafile.inputs)));
  if (isProduction) checkEngineSize();
}

function checkEngineSize() {
  const bytes = engineFiles.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes <= maxEngineBytes) return;
  throw new Error(
    `The engine takes ${bytes} bytes, more than ${maxEngineBytes}: see dist/meta.json for what in it.`,
  );
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
