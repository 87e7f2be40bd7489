// `npm test` runs every step; `node --import tsx test/run.ts STEP…` runs some, in the order of the list below.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runGuarded } from './harness/guardedProcess';
import { findNode } from './harness/node';
import { cacheDir, projectDir } from './harness/paths';
import { readTally, TALLY_VARIABLE, type Tally } from './harness/tally';
import { stopAllOnTermination } from './harness/termination';

interface Step {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** Whether it leaves a tally of its tests; otherwise the step counts as one. */
  readonly isSuite?: true;
  readonly needsBuild?: true;
}

const tsc = 'node_modules/typescript/bin/tsc';
const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/harness/tallyReporter.ts'];

const steps: readonly Step[] = [
  { name: 'types', args: [tsc, '--noEmit'] },
  { name: 'types-webview', args: [tsc, '--noEmit', '-p', 'src/webview'] },
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'] },
  { name: 'build', args: ['esbuild.js', '--production'] },
  {
    name: 'unit',
    args: [...mocha, '--ignore', 'test/{editor,ui}/**', 'test/**/*.test.ts'],
    isSuite: true,
  },
  {
    name: 'editor',
    args: ['--import', 'tsx', 'test/harness/runInEditor.ts'],
    isSuite: true,
    needsBuild: true,
  },
  {
    name: 'ui',
    args: [...mocha, '--timeout', '120000', 'test/ui/**/*.test.ts'],
    isSuite: true,
    needsBuild: true,
  },
];

async function runStep(step: Step, node: string, tallyFile: string): Promise<Tally> {
  rmSync(tallyFile, { force: true });
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const exitCode = await runGuarded(node, step.args, {
    cwd: projectDir,
    env: { ...process.env, PATH: path, [TALLY_VARIABLE]: tallyFile },
  });
  if (step.isSuite === true) return readTally(tallyFile, exitCode);
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runSteps(selected: readonly Step[], tallyFile: string): Promise<Tally> {
  const node = await findNode();
  const total = { passed: 0, failed: 0 };
  const failedSteps: string[] = [];
  for (const step of selected) {
    console.log(`\n── ${step.name} ──`);
    const cannotRun = step.needsBuild === true && failedSteps.includes('build');
    if (cannotRun) console.log('Not run, because the build failed.');
    const tally = cannotRun ? { passed: 0, failed: 1 } : await runStep(step, node, tallyFile);
    total.passed += tally.passed;
    total.failed += tally.failed;
    if (tally.failed > 0) failedSteps.push(step.name);
  }
  if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
  return total;
}

async function main(): Promise<void> {
  stopAllOnTermination();
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`There is no step called ${unknown.join(', ')}.`);
  const selected = steps.filter((step) => names.length === 0 || names.includes(step.name));
  mkdirSync(cacheDir, { recursive: true });
  const tallyDir = mkdtempSync(join(tmpdir(), 'riptide-tally-'));
  const { passed, failed } = await runSteps(selected, join(tallyDir, 'tally.json'));
  rmSync(tallyDir, { recursive: true, force: true });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
