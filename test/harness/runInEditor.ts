// Compiles the tests of test/editor and runs them in a real extension host.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { findDesktopEditor } from './desktopEditor';
import { hasDisplay } from './findExecutable';
import { cacheDir, projectDir } from './paths';

const testDir = resolve(cacheDir, 'test-editor');

async function compileTests(): Promise<void> {
  await rm(testDir, { recursive: true, force: true });
  await build({
    absWorkingDir: projectDir,
    entryPoints: ['test/editor/index.ts', 'test/editor/**/*.test.ts'],
    outbase: 'test/editor',
    outdir: testDir,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** The desktop editor where it can be had; else the launcher that does the same with the one npm has. */
async function findExecutable(): Promise<string> {
  const found = findDesktopEditor();
  if (found !== undefined) return found;
  const launcher = resolve(__dirname, 'launcher.mjs');
  if (!hasDisplay()) return launcher;
  return downloadAndUnzipVSCode({ cachePath: resolve(cacheDir, 'vscode') }).catch((error: unknown) => {
    console.log('The desktop editor could not be downloaded, so the one from npm serves:', error);
    return launcher;
  });
}

async function main(): Promise<void> {
  await compileTests();
  const scratchDir = await mkdtemp(join(tmpdir(), 'riptide-test-'));
  const folder = resolve(scratchDir, 'workspace');
  try {
    await cp(resolve(projectDir, 'examples/workspace'), folder, { recursive: true });
    await runTests({
      vscodeExecutablePath: await findExecutable(),
      extensionDevelopmentPath: projectDir,
      extensionTestsPath: resolve(testDir, 'index.js'),
      launchArgs: [folder, `--user-data-dir=${resolve(scratchDir, 'profile')}`],
    });
  } finally {
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
