import { l10n, ProgressLocation, window } from 'vscode';
import type { CrawlSource } from '../app/crawlRun';
import { previewDocument } from '../app/previewDocument';
import { previewSite } from '../app/sitePreview';
import type { CrawledPages } from './crawledPages';
import type { Reports } from './reports';
import { askForSite, type SiteWish } from './siteInput';
import type { SiteMemory } from './siteMemory';

export interface SiteCommandParts {
  pages: CrawledPages;
  session: CrawlSource;
  siteMemory: SiteMemory;
  reports: Reports;
}

export async function crawlSite(parts: SiteCommandParts): Promise<void> {
  await fulfil(await askForSite(parts.siteMemory, false), parts);
}

export async function previewSiteCrawl(parts: SiteCommandParts): Promise<void> {
  await fulfil(await askForSite(parts.siteMemory, true), parts);
}

async function fulfil(wish: SiteWish | undefined, parts: SiteCommandParts): Promise<void> {
  if (!wish) return;
  if (!wish.isPreview || (await isWantedAfterPreview(wish, parts)))
    await parts.pages.crawlSite(wish.seeds, wish.site);
}

/** Shows the preview as a document, and offers the crawl. */
async function isWantedAfterPreview(
  { seeds, site }: SiteWish,
  { session, reports }: SiteCommandParts,
): Promise<boolean> {
  const abort = new AbortController();
  const preview = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Looking at the site'), cancellable: true },
    async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => abort.abort());
      try {
        return await previewSite(session, seeds, site, abort.signal, (count) =>
          progress.report({ message: l10n.t('{0} URLs found', count) }),
        );
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (!preview) return false;
  await reports.show('Preview', previewDocument(preview));
  const start = l10n.t('Start Crawl');
  const offer = l10n.t('Nothing was crawled yet but the seeds. Start the crawl?');
  return (await window.showInformationMessage(offer, start)) === start;
}
