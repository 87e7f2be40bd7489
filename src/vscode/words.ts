import { l10n } from 'vscode';
import type { Server } from '../app/session';
import type { CrawlState, PageCounts } from '../store/records';

export function serverName(server: Server): string {
  return server.kind === 'built-in' ? l10n.t('built-in engine') : server.address;
}

/** Null when nothing was measured. */
export function formatLatency(latencyMs: number | undefined): string | null {
  if (latencyMs === undefined) return null;
  return latencyMs < 10 ? `${latencyMs.toFixed(1)} ms` : `${Math.round(latencyMs)} ms`;
}

export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return l10n.t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return l10n.t('{0} min {1} s', minutes, seconds % 60);
  return l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

export function countsText(counts: PageCounts): string {
  const done = counts.asked - counts.outstanding;
  return counts.failed > 0
    ? l10n.t('{0}/{1}, {2} failed', done, counts.asked, counts.failed)
    : `${done}/${counts.asked}`;
}

export function crawlStateText(state: CrawlState): string {
  switch (state.kind) {
    case 'running':
      return l10n.t('Running');
    case 'completed':
      return l10n.t('Completed');
    case 'cancelled':
      return l10n.t('Cancelled');
    case 'failed':
      return l10n.t('Failed: {0}', state.message);
    case 'paused':
      return l10n.t('Paused');
    case 'interrupted':
      return l10n.t('Interrupted: the editor ended while it ran');
  }
}

/**
 * For messages, dialogs and what an input box says, which turn `[text](command:…)` into a link that runs any command: what servers and pages
 * say is never to become one.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
