// Packs the tables of characters that East Asian PDFs name instead of having their own.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');

const folder = join(__dirname, 'node_modules/pdfjs-dist/cmaps');

/** Compressed: a line of JSON, `[[name, length in bytes], …]`, then the tables in that order. */
function packCharacterMaps(quality) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.bcmap'));
  const maps = names.map((name) => readFileSync(join(folder, name)));
  const contents = JSON.stringify(names.map((name, at) => [name, maps[at].length]));
  return brotliCompressSync(Buffer.concat([Buffer.from(`${contents}\n`), ...maps]), {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
}

module.exports = { packCharacterMaps };
