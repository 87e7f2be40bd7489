import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runGuarded } from './guardedProcess';
import { cacheDir } from './paths';

/**
 * Resolves to `.cache/<name>`, made by `install` when it is not there yet. The name carries the version.
 * The folder appears under its name only when it is complete, so an interrupted install is never reused.
 */
export async function cachedInstall(
  name: string,
  install: (dir: string) => Promise<void>,
  cache = cacheDir,
): Promise<string> {
  const dir = resolve(cache, name);
  if (existsSync(dir)) return dir;
  console.log(`Installing ${name} (once, into .cache)…`);
  const startedAt = Date.now();
  await mkdir(cache, { recursive: true });
  const unfinishedDir = await mkdtemp(resolve(cache, `${name}.unfinished-`));
  const clear = () => rmSync(unfinishedDir, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', clear);
  try {
    await install(unfinishedDir);
    await rename(unfinishedDir, dir);
  } catch (error) {
    clear();
    // Another run on this checkout may have installed the same thing in the meantime.
    if (!existsSync(dir)) throw error;
  } finally {
    process.off('exit', clear);
  }
  console.log(`Installed ${name} in ${((Date.now() - startedAt) / 1000).toFixed(0)} s.`);
  return dir;
}

/** Installs packages into `dir`, from the registry that the user's own npm configuration names. */
export async function npmInstall(dir: string, args: readonly string[]): Promise<void> {
  // npm says where it is to the scripts it runs; on Windows the name alone would need a shell.
  const npmScript = process.env.npm_execpath;
  const [command, ...first] =
    npmScript?.endsWith('npm-cli.js') === true ? [process.execPath, npmScript] : ['npm'];
  const options = ['--prefix', dir, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const exitCode = await runGuarded(command, [...first, 'install', ...options, ...args], { cwd: dir });
  if (exitCode !== 0) {
    throw new Error(
      `npm could not install ${args.join(' ')} (exit code ${exitCode}). ` +
        'Check that npm reaches its registry (npm ping), then run this again.',
    );
  }
}
