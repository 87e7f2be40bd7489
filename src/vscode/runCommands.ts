import { l10n } from 'vscode';
import type { Stop } from '../app/crawlRun';
import type { CrawledPages } from './crawledPages';
import { isPage } from './pageFiles';
import { pickCrawl } from './pickCrawl';
import { showUnavailable } from './userMessage';

/** @param target a crawl's id, or its row in the Crawls view; without one the user picks. */
export async function cancelCrawl(pages: CrawledPages, target: unknown): Promise<void> {
  await stop(pages, target, 'cancelled', l10n.t('Which crawl shall end?'));
}

/** @param target as for {@link cancelCrawl}. */
export async function pauseCrawl(pages: CrawledPages, target: unknown): Promise<void> {
  await stop(pages, target, 'paused', l10n.t('Which crawl shall pause?'));
}

/** @param target as for {@link cancelCrawl}. */
export async function resumeCrawl(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickCrawl(pages, target, {
    placeHolder: l10n.t('Which crawl shall go on?'),
    isFit: ({ state, counts }) => state.kind !== 'running' && counts.outstanding > 0,
  });
  if (crawl === 'none') return showUnavailable(l10n.t('No crawl has pages left.'), 'riptide.crawlUrls');
  if (crawl) await pages.resume(crawl.id, 'none');
}

/** @param target as for {@link cancelCrawl}. */
export async function retryFailed(pages: CrawledPages, target: unknown): Promise<void> {
  const crawl = await pickCrawl(pages, target, {
    placeHolder: l10n.t('Which crawl’s failed pages?'),
    isFit: ({ state, counts }) => state.kind !== 'running' && counts.failed > 0,
  });
  if (crawl === 'none') return showUnavailable(l10n.t('No crawl has failed pages.'), 'riptide.crawlUrls');
  if (crawl) await pages.resume(crawl.id, 'failed');
}

/** @param target the row of a failed page. */
export async function retryPage(pages: CrawledPages, target: unknown): Promise<void> {
  const page = typeof target === 'object' && target !== null && 'page' in target ? target.page : null;
  if (!isPage(page)) {
    return showUnavailable(l10n.t('This page is no longer in the store.'), 'riptide.openResults');
  }
  await pages.resume(page.crawlId, { index: page.index });
}

async function stop(pages: CrawledPages, target: unknown, how: Stop, placeHolder: string): Promise<void> {
  const crawl = await pickCrawl(pages, target, {
    placeHolder,
    isFit: ({ state }) => state.kind === 'running',
  });
  if (crawl === 'none') {
    return showUnavailable(l10n.t('No crawl is running.'), 'riptide.crawlUrls', 'riptide.openResults');
  }
  if (crawl && !pages.crawls.stop(crawl.id, how)) {
    await showUnavailable(l10n.t('This crawl runs in another window: stop it there.'));
  }
}
