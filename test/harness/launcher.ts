// Takes the arguments that the desktop editor takes for a test run, does the same with the editor and the
// browser that npm has, and ends with the same exit code.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import { launchBrowser } from './browser';
import { startEditor, uriPath, workbenchUrl, type Editor } from './editor';
import { cacheDir } from './paths';
import { REPORT_MARGIN } from './tally';

const TIMEOUT_MS = 300_000;

interface TestRun {
  readonly folder: string;
  readonly extensionDevelopmentPath: string;
  readonly extensionTestsPath: string;
}

function parseArguments(args: readonly string[]): TestRun {
  const option = (name: string) => {
    const prefix = `--${name}=`;
    const value = args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
    if (value === undefined) throw new Error(`The argument ${prefix}… is missing.`);
    return value;
  };
  const folder = args.find((arg) => !arg.startsWith('-'));
  if (folder === undefined) throw new Error('A folder to open is missing.');
  return {
    folder,
    extensionDevelopmentPath: option('extensionDevelopmentPath'),
    extensionTestsPath: option('extensionTestsPath'),
  };
}

function testUrl(editor: Editor, run: TestRun): string {
  const remote = (path: string) => `vscode-remote://${editor.authority}${uriPath(path)}`;
  const url = workbenchUrl(editor, run.folder);
  const payload = [
    ['extensionDevelopmentPath', remote(run.extensionDevelopmentPath)],
    ['extensionTestsPath', remote(run.extensionTestsPath)],
  ];
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Resolves to the exit code of the tests' own `run()`: 0 when it resolved, 1 when it threw. */
async function runTests(run: TestRun): Promise<number> {
  const editor = await startEditor({ isTestHost: true });
  const browser = await launchBrowser();
  const log = createWriteStream(`${run.extensionTestsPath}.log`);
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // The workbench of a test run calls these two functions of its page.
    const exitCode = new Promise<number>((done) => void page.exposeFunction('codeAutomationExit', done));
    await page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) => {
      const text = format(...args);
      if (text.startsWith(REPORT_MARGIN)) console.log(text);
      else log.write(`${text}\n`);
    });
    await page.goto(testUrl(editor, run));
    const outcome = await Promise.race([exitCode, delay(TIMEOUT_MS, 'late' as const, { ref: false })]);
    if (outcome !== 'late') return outcome;
    const screenshot = resolve(cacheDir, 'screenshots/late.png');
    await mkdir(resolve(cacheDir, 'screenshots'), { recursive: true });
    await page.screenshot({ path: screenshot });
    console.error(
      `The tests did not end within ${TIMEOUT_MS / 1000} s. What the editor shows: ${screenshot}`,
    );
    return 1;
  } finally {
    await browser.close();
    await editor.stop();
  }
}

runTests(parseArguments(process.argv.slice(2))).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
