import { homedir } from 'node:os';
import { commands, l10n, ProgressLocation, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { ExportFormat } from '../export/exportCrawl';
import type { CrawlRecord } from '../store/records';
import type { CrawledPages } from './crawledPages';
import { isPage, pageUri } from './pageFiles';
import { pickCrawl } from './pickCrawl';
import { showUnavailable } from './userMessage';
import { plainText } from './words';

export async function openResults(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickAny(pages, target, l10n.t('Which crawl’s results?'));
  if (crawl) pages.showResults(crawl.id);
}

export async function openPage(target: unknown): Promise<void> {
  if (!isPage(target)) {
    return showUnavailable(l10n.t('This page is no longer in the store.'), 'riptide.openResults');
  }
  await window.showTextDocument(await workspace.openTextDocument(pageUri(target)), { preview: true });
}

export async function crawlAgain(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickAny(pages, target, l10n.t('Which crawl shall run again?'));
  if (!crawl) return;
  const urls: string[] = [];
  const store = await pages.openStore();
  for (;;) {
    const list = await store.listPages({ crawlId: crawl.id, offset: urls.length, limit: 1_000 });
    const asked = list.pages.filter(({ foundOn }) => foundOn === null);
    urls.push(...asked.map(({ url }) => url));
    // What a site crawl found comes behind its seeds, and is found again.
    if (asked.length < list.pages.length || list.pages.length === 0 || urls.length >= list.total) break;
  }
  await (crawl.site === null ? pages.crawl(urls, crawl.options) : pages.crawlSite(urls, crawl.site));
}

export async function deleteCrawl(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickAny(pages, target, l10n.t('Which crawl shall be deleted?'));
  if (!crawl) return;
  const yes = l10n.t('Delete');
  const answer = await window.showWarningMessage(
    l10n.t('Delete the crawl “{0}” with its {1} pages?', plainText(crawl.title), crawl.counts.asked),
    { modal: true },
    yes,
  );
  if (answer !== yes) return;
  const store = await pages.openStore();
  await store.deleteCrawl(crawl.id);
}

export async function exportResults(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickAny(pages, target, l10n.t('Which crawl shall be exported?'));
  if (!crawl) return;
  const format = await askForFormat();
  if (!format) return;
  const uri = format === 'markdown' ? await askForFolder(crawl) : await askForFile(crawl, format);
  if (!uri) return;
  if (uri.scheme !== 'file') {
    return showUnavailable(l10n.t('Results can be exported to this computer’s disk only.'));
  }
  const [store, { exportCrawl }] = await Promise.all([pages.openStore(), import('../export/exportCrawl')]);
  // The dialogs may have been open for long, and the crawl may have gone on meanwhile.
  const current = (await store.readCrawl(crawl.id)) ?? crawl;
  const abort = new AbortController();
  const done = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Exporting {0}', plainText(crawl.title)),
      cancellable: true,
    },
    async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => abort.abort());
      let reported = 0;
      try {
        return await exportCrawl({
          crawl: current,
          pages: store.readPages(crawl.id, abort.signal),
          format,
          path: uri.fsPath,
          signal: abort.signal,
          onProgress: (count) => {
            const increment = (100 * (count - reported)) / Math.max(1, crawl.counts.asked);
            reported = count;
            progress.report({ increment, message: `${count}/${crawl.counts.asked}` });
          },
        });
      } catch (error) {
        if (abort.signal.aborted) return null;
        throw error;
      }
    },
  );
  if (done) await tellExported(uri, format, done.pages);
}

async function tellExported(uri: Uri, format: ExportFormat, pageCount: number): Promise<void> {
  const open = format === 'markdown' ? l10n.t('Show Folder') : l10n.t('Open');
  const answer = await window.showInformationMessage(
    l10n.t('Exported {0} pages to {1}', pageCount, plainText(uri.fsPath)),
    open,
  );
  if (answer !== open) return;
  if (format === 'markdown') await commands.executeCommand('revealFileInOS', uri);
  else await window.showTextDocument(uri);
}

async function pickAny(
  pages: CrawledPages,
  target: unknown,
  placeHolder: string,
): Promise<CrawlRecord | undefined> {
  const crawl = await pickCrawl(pages, target, { placeHolder, isFit: () => true });
  if (crawl !== 'none') return crawl;
  await showUnavailable(l10n.t('There is no crawl yet.'), 'riptide.crawlUrls');
  return undefined;
}

async function askForFormat(): Promise<ExportFormat | undefined> {
  const formats: (QuickPickItem & { format: ExportFormat })[] = [
    {
      label: l10n.t('Markdown folder'),
      detail: l10n.t('One file a page, with front matter'),
      format: 'markdown',
    },
    { label: 'NDJSON', detail: l10n.t('One page a line, with text and metadata'), format: 'ndjson' },
    { label: 'JSON', detail: l10n.t('One document with all pages'), format: 'json' },
    { label: 'CSV', detail: l10n.t('A table of the pages, without their text'), format: 'csv' },
  ];
  const picked = await window.showQuickPick(formats, { title: l10n.t('RipTide: Export Results') });
  return picked?.format;
}

async function askForFile(
  crawl: CrawlRecord,
  format: Exclude<ExportFormat, 'markdown'>,
): Promise<Uri | undefined> {
  return window.showSaveDialog({
    defaultUri: Uri.joinPath(exportHome(), `${fileName(crawl)}.${format}`),
    filters: { [format.toUpperCase()]: [format] },
  });
}

/** A new folder for the crawl inside the one that the user picks. */
async function askForFolder(crawl: CrawlRecord): Promise<Uri | undefined> {
  const [parent] =
    (await window.showOpenDialog({
      defaultUri: exportHome(),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Export Here'),
    })) ?? [];
  if (!parent) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    const folder = Uri.joinPath(parent, attempt === 1 ? fileName(crawl) : `${fileName(crawl)}-${attempt}`);
    if (!(await exists(folder))) return folder;
  }
}

function exportHome(): Uri {
  return workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri ?? Uri.file(homedir());
}

function fileName(crawl: CrawlRecord): string {
  const day = new Date(crawl.startedAtMs).toISOString().slice(0, 10);
  const name = crawl.title.replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');
  return `${name.slice(0, 60) || 'crawl'}-${day}`;
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
