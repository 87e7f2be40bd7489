import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { TALLY_VARIABLE, type Tally } from './tally';

/** Mocha's usual report, and the counts in the file that RIPTIDE_TALLY names. */
export default class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[TALLY_VARIABLE];
    if (file === undefined) return;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const tally: Tally = { passed: this.stats.passes, failed: this.stats.failures };
      writeFileSync(file, JSON.stringify(tally));
    });
  }
}
