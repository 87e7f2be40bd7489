import type { PanelStrings } from '../panel/panelMessages';
import { unchangedStatus, type PageOutcome } from '../store/records';

/** The HTTP status where it tells the outcome, else the reason. */
export function statusText(outcome: PageOutcome, strings: PanelStrings): string {
  switch (outcome.kind) {
    case 'succeeded':
      return outcome.status === unchangedStatus ? strings.unchanged : String(outcome.status);
    case 'failed':
      return outcome.status >= 400 ? String(outcome.status) : outcome.errorType;
    case 'skipped':
      return outcome.rule ?? strings.skipped;
    case 'outstanding':
      return strings.outstanding;
  }
}
