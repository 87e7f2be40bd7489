import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserProgram } from '../harness/browser';

/** Path of a browser that starts on this machine, also as root and where libraries have to be named. */
export async function runnableBrowser(): Promise<string> {
  const { executablePath, env = {} } = await browserProgram();
  const isRoot = process.getuid?.() === 0;
  const needed = ['LD_LIBRARY_PATH', 'FONTCONFIG_FILE'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [`export ${name}='${value}'`];
  });
  if (!isRoot && needed.length === 0) return executablePath;
  const path = join(mkdtempSync(join(tmpdir(), 'riptide-test-')), 'browser');
  const flags = isRoot ? '--no-sandbox ' : '';
  writeFileSync(path, ['#!/bin/sh', ...needed, `exec '${executablePath}' ${flags}"$@"`, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}
