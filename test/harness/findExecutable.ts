import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The first of `names` that PATH has. Names carry their extension. */
export function findOnPath(names: readonly string[]): string | undefined {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  return firstExisting(names.flatMap((name) => dirs.map((dir) => resolve(dir, name))));
}

export function firstExisting(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** The executable that an environment variable names; throws when there is none at that path. */
export function executableFromEnv(variable: string): string | undefined {
  const path = process.env[variable];
  if (path === undefined || path === '') return undefined;
  if (!existsSync(path)) throw new Error(`${variable} is ${path}, where there is no file.`);
  return path;
}

/** Whether a window can be opened. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return [process.env.DISPLAY, process.env.WAYLAND_DISPLAY].some((name) => name !== undefined && name !== '');
}
