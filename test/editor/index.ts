import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { REPORT_MARGIN } from '../harness/tally';
import TallyReporter from '../harness/tallyReporter';

/** Called by the extension host; throws when a test failed. */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = printReport;
  try {
    const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: TallyReporter });
    for (const file of globSync('**/*.test.js', { cwd: __dirname })) mocha.addFile(resolve(__dirname, file));
    const failures = await new Promise<number>((done) => mocha.run(done));
    if (failures > 0) throw new Error(`${failures} of the tests in the editor failed.`);
  } catch (error) {
    printReport(error);
    throw error;
  }
}

/** Marks the report's lines: the editor writes a log of its own to the same place. */
function printReport(...args: unknown[]): void {
  for (const line of format(...args).split('\n')) console.log(REPORT_MARGIN + line);
}
