import type { PanelStrings } from '../panel/panelMessages';
import { unchangedStatus, type PageOutcome, type PageRecord } from '../store/records';

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

/** What the page is called, or why it is not there; its URL stands beside it. */
export function titleText({ url, outcome }: Pick<PageRecord, 'url' | 'outcome'>): string {
  switch (outcome.kind) {
    case 'succeeded':
      return outcome.title ?? '';
    case 'failed':
      return outcome.message.startsWith(`${url} `) ? outcome.message.slice(url.length + 1) : outcome.message;
    case 'skipped':
      return outcome.reason;
    case 'outstanding':
      return '';
  }
}
