// npm run example NAME -- [--server ADDRESS] [URL…]
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Example } from './support/example';
import { startOwnEngine } from './support/ownEngine';
import { startTinySite } from './support/tinySite';

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));

const usage = `Usage: npm run example NAME -- [--server ADDRESS] [URL…]

Without --server, the built-in engine is started for it (npm run build makes it); a server that asks for a key gets
that in RIPTIDE_API_KEY. Without URLs, a tiny site on this computer is crawled.

Examples: ${names.join(', ')}`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { server: { type: 'string' } },
  });
  const [name = '', ...urls] = positionals;
  if (!names.includes(name)) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const { run } = (await import(`./${name}.ts`)) as Example;
  const engine = values.server === undefined ? await startOwnEngine() : undefined;
  const site = urls.length === 0 ? await startTinySite() : undefined;
  const server = engine ?? { address: values.server ?? '', apiKey: process.env.RIPTIDE_API_KEY };
  try {
    await run({
      server: { address: server.address, apiKey: server.apiKey },
      urls: site?.urls ?? urls,
    });
  } finally {
    engine?.stop();
    site?.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
