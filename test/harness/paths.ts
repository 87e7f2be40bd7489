import { resolve } from 'node:path';

export const projectDir = resolve(__dirname, '../..');

/** Everything the harness installs, compiles or records; ignored by git and safe to delete. */
export const cacheDir = resolve(projectDir, '.cache');
