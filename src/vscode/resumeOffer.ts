import { l10n, window, type Memento } from 'vscode';
import type { ResumeInterrupted } from '../app/settings';
import type { CrawlRecord } from '../store/records';
import { StoreError } from '../store/storeError';
import type { CrawledPages } from './crawledPages';
import { showError } from './userMessage';
import { plainText } from './words';

/** Ids of the crawls that the user was asked about: each is offered once, and can be resumed from its row later. */
const askedKey = 'askedToResume';

/** Offers to go on with the crawls that ran when the editor ended. @throws {StoreError} */
export async function offerToResume(
  pages: CrawledPages,
  memory: Memento,
  resumeInterrupted: ResumeInterrupted,
): Promise<void> {
  if (resumeInterrupted === 'never') return;
  const store = await pages.openStore();
  const interrupted = (await store.listCrawls()).filter(({ state }) => state.kind === 'interrupted');
  const asked = memory.get<string[]>(askedKey, []);
  const isNew = ({ id }: CrawlRecord): boolean => !asked.includes(id);
  await memory.update(
    askedKey,
    interrupted.map(({ id }) => id),
  );
  for (const crawl of interrupted.filter(isNew)) {
    if (resumeInterrupted !== 'always' && !(await isWanted(crawl))) continue;
    try {
      await pages.resume(crawl.id, 'none');
    } catch (error) {
      // Another window may have been faster.
      if (!(error instanceof StoreError && error.reason === 'running')) void showError(error);
    }
  }
}

async function isWanted({ title, counts }: CrawlRecord): Promise<boolean> {
  const resume = l10n.t('Resume');
  const answer = await window.showInformationMessage(
    l10n.t(
      'The crawl “{0}” was interrupted with {1} of {2} pages left.',
      plainText(title),
      counts.outstanding,
      counts.asked,
    ),
    resume,
    l10n.t('Later'),
  );
  return answer === resume;
}
