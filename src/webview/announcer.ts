import type { PanelStrings } from '../panel/panelMessages';
import type { CrawlRecord, CrawlState } from '../store/records';
import { fillIn, settledCount, type Formats } from './format';

/** Spoken progress more often than this talks over everything else. */
const PROGRESS_INTERVAL_MS = 15_000;

/** Decides what a screen reader hears of a crawl: each change of state at once, progress now and then. */
export class Announcer {
  private said: { state: CrawlState['kind']; settled: number; atMs: number } | null = null;

  /** The text to speak now, or `null`. */
  next(crawl: CrawlRecord, strings: PanelStrings, formats: Formats, nowMs: number): string | null {
    const state = crawl.state.kind;
    const settled = settledCount(crawl.counts);
    if (this.said?.state === state) {
      const isDue = nowMs - this.said.atMs >= PROGRESS_INTERVAL_MS;
      if (!isDue || this.said.settled === settled) return null;
    }
    this.said = { state, settled, atMs: nowMs };
    const { count } = formats;
    const { succeeded, failed, skipped, asked } = crawl.counts;
    const parts = [
      strings[state],
      fillIn(strings.progress, count(settled), count(asked)),
      `${strings.succeeded} ${count(succeeded)}`,
      ...(failed > 0 ? [`${strings.failed} ${count(failed)}`] : []),
      ...(skipped > 0 ? [`${strings.skipped} ${count(skipped)}`] : []),
      ...(crawl.state.kind === 'failed' ? [crawl.state.message] : []),
    ];
    return parts.join(', ');
  }
}
