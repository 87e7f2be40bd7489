/** `npm run bench [-- NAME [ARGUMENT…]]`: the bench of that name in this folder, by default what receiving costs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name = '', ...args] = process.argv.slice(2);
const path = (bench: string): string => resolve('test/bench', `${bench}.ts`);
const isName = /^[a-z]+$/i.test(name);
if (isName && !existsSync(path(name))) throw new Error(`There is no bench ${name} in test/bench`);
const bench = path(isName ? name : 'receive');
process.argv = [process.execPath, bench, ...(isName ? args : process.argv.slice(2))];
void import(pathToFileURL(bench).href);
