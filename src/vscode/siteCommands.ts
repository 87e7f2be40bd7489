import { l10n, ProgressLocation, window, workspace } from 'vscode';
import type { CrawlSource } from '../app/crawlRun';
import { previewDocument } from '../app/previewDocument';
import { previewSite } from '../app/sitePreview';
import type { CrawledPages } from './crawledPages';
import { askForSite, type SiteWish } from './siteInput';
import type { SiteMemory } from './siteMemory';

export async function crawlSite(pages: CrawledPages, source: CrawlSource, memory: SiteMemory): Promise<void> {
  await fulfil(await askForSite(memory, false), pages, source);
}

export async function previewSiteCrawl(
  pages: CrawledPages,
  source: CrawlSource,
  memory: SiteMemory,
): Promise<void> {
  await fulfil(await askForSite(memory, true), pages, source);
}

async function fulfil(wish: SiteWish | undefined, pages: CrawledPages, source: CrawlSource): Promise<void> {
  if (!wish) return;
  if (!wish.isPreview || (await isWantedAfterPreview(wish, source)))
    await pages.crawlSite(wish.seeds, wish.site);
}

/** Shows the preview as a document, and offers the crawl. */
async function isWantedAfterPreview({ seeds, site }: SiteWish, source: CrawlSource): Promise<boolean> {
  const abort = new AbortController();
  const preview = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Looking at the site'), cancellable: true },
    async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => abort.abort());
      try {
        return await previewSite(source, seeds, site, abort.signal, (count) =>
          progress.report({ message: l10n.t('{0} URLs found', count) }),
        );
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (!preview) return false;
  const document = await workspace.openTextDocument({
    language: 'markdown',
    content: previewDocument(preview),
  });
  await window.showTextDocument(document);
  const start = l10n.t('Start Crawl');
  const offer = l10n.t('Nothing was crawled yet but the seeds. Start the crawl?');
  return (await window.showInformationMessage(offer, start)) === start;
}
