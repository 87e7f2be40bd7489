import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildEngine } from './builtEngine';
import { bundleWorker } from './bundle';

export interface BuiltCommands {
  /** `riptide.js`, with the engine beside it as in a build. */
  riptide: string;
  remove(): Promise<void>;
}

/** The built commands in a folder of their own, under the names that they find each other by. */
export async function buildCommands(): Promise<BuiltCommands> {
  const engine = await buildEngine();
  const riptide = await bundleWorker('src/cli/riptide.ts');
  const folder = await mkdtemp(join(tmpdir(), 'riptide-commands-'));
  await copyFile(engine, join(folder, 'engine.js'));
  for (const name of ['extractWorker.js', 'pdfReader.js.br', 'characterMaps.br']) {
    await copyFile(join(dirname(engine), name), join(folder, name));
  }
  await copyFile(riptide, join(folder, 'riptide.js'));
  return {
    riptide: join(folder, 'riptide.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
