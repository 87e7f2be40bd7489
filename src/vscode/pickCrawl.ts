import { l10n, window } from 'vscode';
import type { CrawlRecord } from '../store/records';
import type { CrawledPages } from './crawledPages';
import { countsText, crawlStateText } from './words';

interface Question {
  placeHolder: string;
  isFit: (crawl: CrawlRecord) => boolean;
}

/**
 * The crawl that a command means: the row it was called on, the only one that fits, or the one that the user picks.
 * `none` when no crawl fits, undefined when the user backs out.
 *
 * @throws when the row is of a crawl that was deleted, such as in another window.
 */
export async function pickCrawl(
  pages: CrawledPages,
  target: unknown,
  question: Question,
): Promise<CrawlRecord | 'none' | undefined> {
  const store = await pages.openStore();
  const id = idOf(target);
  if (id !== null) {
    const crawl = await store.readCrawl(id);
    if (crawl === null) throw new Error(l10n.t('This crawl is no longer in the store.'));
    return crawl;
  }
  const crawls = (await store.listCrawls()).filter(question.isFit);
  if (crawls.length <= 1) return crawls[0] ?? 'none';
  const picked = await window.showQuickPick(
    crawls.map((crawl) => ({
      label: crawl.title,
      description: `${countsText(crawl.counts)} · ${new Date(crawl.startedAtMs).toLocaleString()}`,
      detail: crawlStateText(crawl.state),
      crawl,
    })),
    { placeHolder: question.placeHolder, matchOnDescription: true, ignoreFocusOut: true },
  );
  return picked?.crawl;
}

/** Commands are called with a crawl's id, or with a node of the Crawls view. */
function idOf(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('crawl' in target)) return null;
  return (target.crawl as CrawlRecord).id;
}
