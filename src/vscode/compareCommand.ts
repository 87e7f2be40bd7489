import { l10n, ProgressLocation, window, type CancellationToken } from 'vscode';
import { comparedPagesOf, type ComparedPages } from '../app/comparedPages';
import { compareTransports } from '../app/compareTransports';
import { comparisonDocument } from '../app/comparisonDocument';
import type { Session } from '../app/session';
import type { CrawledPages } from './crawledPages';
import { askForUrls } from './crawlInput';
import { pickCrawl } from './pickCrawl';
import type { Reports } from './reports';
import { serverName } from './words';

const defaultRounds = 3;
const maxRounds = 20;
/** More tell nothing new, and every one is fetched four times a round. */
const maxUrls = 100;

/** @param target a crawl's id, or its row in the Crawls view; without one the user names URLs or picks. */
export async function compareTransportsCommand(
  session: Session,
  pages: CrawledPages,
  reports: Reports,
  target: unknown,
): Promise<void> {
  const compared = await pagesFor(pages, target);
  if (compared === undefined || compared.urls.length === 0) return;
  const rounds = await askForRounds(compared.urls.length);
  if (rounds === undefined) return;
  const { server } = session;
  const comparison = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Comparing transports'),
      cancellable: true,
    },
    async (progress, token) => {
      try {
        return await compareTransports(session, {
          pages: compared,
          rounds,
          signal: signalOf(token),
          onProgress: ({ transport, round, total }) =>
            progress.report({ message: l10n.t('{0}, round {1}', transport, round), increment: 100 / total }),
        });
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
  if (comparison === undefined) return;
  await reports.show('Transports', comparisonDocument(comparison, serverName(server), new Date()));
}

async function pagesFor(pages: CrawledPages, target: unknown): Promise<ComparedPages | undefined> {
  if (target !== undefined) return pagesOfCrawl(pages, target);
  const own = { label: l10n.t('Enter URLs…') };
  const crawled = { label: l10n.t('URLs of a crawl…') };
  const store = await pages.openStore();
  const picked =
    (await store.listCrawls()).length === 0
      ? own
      : await window.showQuickPick([own, crawled], { title: l10n.t('RipTide: Compare Transports') });
  if (picked === undefined) return undefined;
  if (picked === crawled) return pagesOfCrawl(pages, undefined);
  const urls = await askForUrls();
  return urls && { urls: urls.slice(0, maxUrls), isPublicOnly: false };
}

async function pagesOfCrawl(pages: CrawledPages, target: unknown): Promise<ComparedPages | undefined> {
  const crawl = await pickCrawl(pages, target, {
    placeHolder: l10n.t('Which crawl’s URLs?'),
    isFit: () => true,
  });
  if (crawl === undefined || crawl === 'none') return undefined;
  const store = await pages.openStore();
  return comparedPagesOf(crawl, store.readPages(crawl.id), maxUrls);
}

async function askForRounds(urlCount: number): Promise<number | undefined> {
  const answer = await window.showInputBox({
    title: l10n.t('RipTide: Compare Transports'),
    prompt: l10n.t('Rounds: each fetches the {0} URLs once by each of the four transports', urlCount),
    value: String(defaultRounds),
    ignoreFocusOut: true,
    validateInput: (value) =>
      isRounds(value) ? undefined : l10n.t('Enter a whole number from 1 to {0}', maxRounds),
  });
  return answer === undefined ? undefined : Number(answer);
}

function isRounds(value: string): boolean {
  const rounds = Number(value);
  return Number.isInteger(rounds) && rounds >= 1 && rounds <= maxRounds;
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
