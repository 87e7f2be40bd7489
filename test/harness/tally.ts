import { existsSync, readFileSync } from 'node:fs';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** The environment variable that names the file in which a suite leaves its tally. */
export const TALLY_VARIABLE = 'RIPTIDE_TALLY';

/** Begins each line of the report that a suite writes inside the editor. */
export const REPORT_MARGIN = '│ ';

/** One suite's tally; a suite that broke off, ran nothing or ended badly has failed, whatever it counted. */
export function readTally(file: string, exitCode: number): Tally {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { passed, failed } = JSON.parse(readFileSync(file, 'utf8')) as Tally;
  const isBroken = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: isBroken ? 1 : failed };
}
