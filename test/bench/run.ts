/**
 * `npm run bench [-- NAME [ARGUMENT…]]`: the bench of that name in this folder, by default what receiving costs. Runs on
 * the Node of the tests, since the store needs a later one than this may be.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runGuarded } from '../harness/guardedProcess';
import { findNode } from '../harness/node';
import { projectDir } from '../harness/paths';
import { stopAllOnTermination } from '../harness/termination';

async function main(): Promise<void> {
  stopAllOnTermination();
  const [name = '', ...args] = process.argv.slice(2);
  const pathOf = (bench: string): string => resolve(projectDir, 'test/bench', `${bench}.ts`);
  const isName = /^[a-z]+$/i.test(name);
  if (isName && !existsSync(pathOf(name))) throw new Error(`There is no bench ${name} in test/bench`);
  const bench = isName ? [pathOf(name), ...args] : [pathOf('receive'), ...process.argv.slice(2)];
  const exitCode = await runGuarded(await findNode(), ['--expose-gc', '--import', 'tsx', ...bench], {
    cwd: projectDir,
  });
  process.exit(exitCode);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
