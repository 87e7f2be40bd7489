import { l10n } from 'vscode';
import type { PanelStrings } from '../panel/panelMessages';

/** The panel's texts, in the editor's language: a webview cannot translate by itself. */
export function panelStrings(): PanelStrings {
  return {
    running: l10n.t('Running'),
    completed: l10n.t('Completed'),
    cancelled: l10n.t('Cancelled'),
    failed: l10n.t('Failed'),
    paused: l10n.t('Paused'),
    interrupted: l10n.t('Interrupted'),
    succeeded: l10n.t('OK'),
    remaining: l10n.t('Remaining'),
    skipped: l10n.t('Skipped'),
    outstanding: l10n.t('Waiting'),
    all: l10n.t('All'),
    pagesPerSecond: l10n.t('{0} pages/s'),
    elapsed: l10n.t('Elapsed'),
    progress: l10n.t('{0} of {1} pages have ended'),
    discovery: l10n.t('{0} found, {1} waiting'),
    cancel: l10n.t('Cancel'),
    pause: l10n.t('Pause'),
    resume: l10n.t('Resume'),
    retryFailed: l10n.t('Retry Failed'),
    export: l10n.t('Export…'),
    crawlAgain: l10n.t('Crawl Again'),
    filter: l10n.t('Filter results'),
    filterPlaceholder: l10n.t('Filter by URL, title or error'),
    outcomeFilter: l10n.t('Filter by outcome'),
    resultList: l10n.t('Results'),
    columnStatus: l10n.t('Status'),
    columnTitle: l10n.t('Title'),
    columnUrl: l10n.t('URL'),
    columnTime: l10n.t('Time'),
    columnSize: l10n.t('Size'),
    columnQuality: l10n.t('Quality'),
    noRows: l10n.t('This crawl has no pages'),
    noMatches: l10n.t('No page matches the filter'),
    deleted: l10n.t('This crawl has been deleted'),
    truncated: l10n.t('Cut at the size limit'),
    shown: l10n.t('{0} of {1} rows match the filter'),
  };
}
