import { commands, l10n, window, type Disposable } from 'vscode';
import type { EngineProcess } from '../app/engineProcess';
import type { Session } from '../app/session';
import type { ApiKeys } from './apiKeys';
import { compareTransportsCommand } from './compareCommand';
import { commandIds, type CommandId } from './contributions';
import { crawlFile, crawlSelection, crawlUrls } from './crawlCommands';
import { cancelCrawl, pauseCrawl, resumeCrawl, retryFailed, retryPage } from './runCommands';
import type { CrawledPages } from './crawledPages';
import type { Log } from './log';
import type { Reports } from './reports';
import { crawlAgain, deleteCrawl, exportResults, openPage, openResults } from './resultCommands';
import type { RequestSecrets } from './requestSecrets';
import { ping, restartEngine, selectServer, setApiKey, showStatus } from './serverCommands';
import { crawlSite, previewSiteCrawl } from './siteCommands';
import type { SiteMemory } from './siteMemory';
import { showError } from './userMessage';

export interface CommandParts {
  pages: CrawledPages;
  session: Session;
  siteMemory: SiteMemory;
  engine: EngineProcess;
  apiKeys: ApiKeys;
  requestSecrets: RequestSecrets;
  reports: Reports;
  log: Log;
}

export function registerCommands(parts: CommandParts): Disposable[] {
  const { pages, session, engine, apiKeys, requestSecrets, reports, log } = parts;
  const table: Record<CommandId, (target: unknown, targets: unknown) => Promise<void> | void> = {
    'riptide.crawlUrls': () => crawlUrls(pages),
    'riptide.crawlSelection': () => crawlSelection(pages),
    // The Explorer gives the row that was clicked, then all that are selected.
    'riptide.crawlFile': (target, targets) => crawlFile(pages, Array.isArray(targets) ? targets : [target]),
    'riptide.crawlSite': () => crawlSite(parts),
    'riptide.previewSite': () => previewSiteCrawl(parts),
    'riptide.cancelCrawl': (target) => cancelCrawl(pages, target),
    'riptide.pauseCrawl': (target) => pauseCrawl(pages, target),
    'riptide.resumeCrawl': (target) => resumeCrawl(pages, target),
    'riptide.retryFailed': (target) => retryFailed(pages, target),
    'riptide.retryPage': (target) => retryPage(pages, target),
    'riptide.crawlAgain': (target) => crawlAgain(pages, target),
    'riptide.deleteCrawl': (target) => deleteCrawl(pages, target),
    'riptide.openResults': (target) => openResults(pages, target),
    'riptide.openPage': (target) => openPage(target),
    'riptide.export': (target) => exportResults(pages, target),
    'riptide.ping': () => ping(session),
    'riptide.showStatus': () => showStatus(session, reports, log),
    'riptide.compareTransports': (target) => compareTransportsCommand(session, pages, reports, target),
    'riptide.selectServer': () => selectServer(session.server),
    'riptide.setApiKey': () => setApiKey(session.server, apiKeys, session),
    'riptide.setRequestSecret': async () => {
      // An engine keeps what it was started with.
      if (await requestSecrets.set()) await engine.stop();
    },
    'riptide.restartEngine': () => restartEngine(engine, session),
    'riptide.showLog': () => log.show(),
    'riptide.showMenu': () => showMenu(pages),
  };
  return commandIds.map((id) =>
    commands.registerCommand(id, async (target: unknown, targets: unknown) => {
      try {
        await table[id](target, targets);
      } catch (error) {
        log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        void showError(error);
      }
    }),
  );
}

/** What the status bar offers; while a crawl runs, to end it comes first. */
async function showMenu(pages: CrawledPages): Promise<void> {
  const entry = (label: string, command: CommandId): { label: string; command: CommandId } => ({
    label,
    command,
  });
  const isCrawling = pages.crawls.runningIds.length > 0;
  const picked = await window.showQuickPick(
    [
      ...(isCrawling
        ? [
            entry(`$(debug-stop) ${l10n.t('Cancel Crawl')}`, 'riptide.cancelCrawl'),
            entry(`$(debug-pause) ${l10n.t('Pause Crawl')}`, 'riptide.pauseCrawl'),
          ]
        : []),
      entry(`$(add) ${l10n.t('Crawl URLs…')}`, 'riptide.crawlUrls'),
      entry(`$(globe) ${l10n.t('Crawl Site…')}`, 'riptide.crawlSite'),
      entry(`$(list-flat) ${l10n.t('Open Results')}`, 'riptide.openResults'),
      entry(`$(export) ${l10n.t('Export Results…')}`, 'riptide.export'),
      entry(`$(pulse) ${l10n.t('Ping Server')}`, 'riptide.ping'),
      entry(`$(info) ${l10n.t('Show Session Status')}`, 'riptide.showStatus'),
      entry(`$(server) ${l10n.t('Select Server…')}`, 'riptide.selectServer'),
      entry(`$(debug-restart) ${l10n.t('Restart Engine')}`, 'riptide.restartEngine'),
      entry(`$(output) ${l10n.t('Show Log')}`, 'riptide.showLog'),
    ],
    { title: 'RipTide' },
  );
  if (picked) await commands.executeCommand(picked.command);
}
