import { l10n, Uri, window, workspace } from 'vscode';
import type { CrawledPages } from './crawledPages';
import { findUrls } from '../app/urlList';
import { askForUrls, selectedText } from './crawlInput';
import { showUnavailable } from './userMessage';

/** Files beyond it are data, not lists of URLs. */
const maxFileBytes = 10 * 1024 * 1024;

export async function crawlUrls(pages: CrawledPages): Promise<void> {
  const urls = await askForUrls();
  if (urls && urls.length > 0) await pages.crawl(urls);
}

export async function crawlSelection(pages: CrawledPages): Promise<void> {
  const text = selectedText();
  if (text === '') {
    return showUnavailable(
      l10n.t('Select text that holds URLs first.'),
      'riptide.crawlUrls',
      'riptide.crawlFile',
    );
  }
  const urls = findUrls(text);
  if (urls.length === 0) {
    return showUnavailable(
      l10n.t('The selection holds no http:// or https:// URL.'),
      'riptide.crawlUrls',
      'riptide.crawlFile',
    );
  }
  await pages.crawl(urls);
}

/** @param targets files chosen in the Explorer; the active editor's without one. */
export async function crawlFile(pages: CrawledPages, targets: readonly unknown[]): Promise<void> {
  const active = window.activeTextEditor?.document.uri;
  const chosen = targets.filter((target) => target instanceof Uri);
  const files = chosen.length > 0 || !active ? chosen : [active];
  if (files.length === 0) {
    return showUnavailable(l10n.t('Open a file that holds URLs first.'), 'riptide.crawlUrls');
  }
  const texts = await Promise.all(files.map(readText));
  const urls = findUrls(texts.join('\n'));
  if (urls.length === 0) {
    const names = files.map((file) => workspace.asRelativePath(file)).join(', ');
    return showUnavailable(l10n.t('{0} holds no http:// or https:// URL.', names), 'riptide.crawlUrls');
  }
  await pages.crawl(urls);
}

async function readText(uri: Uri): Promise<string> {
  const { size } = await workspace.fs.stat(uri);
  if (size > maxFileBytes) {
    throw new Error(
      l10n.t('{0} is larger than 10 MB: select the part that holds the URLs.', workspace.asRelativePath(uri)),
    );
  }
  // An open editor may hold changes that the file does not have yet.
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  return Buffer.from(await workspace.fs.readFile(uri)).toString('utf8');
}
