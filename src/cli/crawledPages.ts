import type { Crawl } from '../client/crawlEvent';
import type { SiteCrawl, SiteCrawlEvent } from '../client/siteCrawlEvent';
import type { ExtractedDocument } from '../protocol/messages';
import { outcomeOf } from '../store/outcomeOf';
import type { PageOutcome, StoredPage } from '../store/records';

/** A crawl that its server holds, most likely since half of the pages fail; nobody is there to be asked. */
export class CrawlHeld extends Error {
  override readonly name = 'CrawlHeld';

  /** @param question of the server. */
  constructor(question: string) {
    super(
      `${question} Nobody is here to answer, so the crawl has ended. What came is kept, the other URLs are listed as ` +
        'outstanding: once you know why pages fail, crawl those with riptide crawl --file LIST, if it helps with a longer --delay.',
    );
  }
}

interface Place {
  url: string;
  depth: number;
  foundOn: string | null;
}

/**
 * Every page of a crawl once, in the order in which they ended; at the end those that have no outcome.
 *
 * @throws {ClientError} after them, when the crawl had to end early; {@link CrawlHeld}.
 */
export async function* crawledPages(
  crawl: Crawl | SiteCrawl,
  urls: readonly string[],
): AsyncGenerator<StoredPage, void> {
  const places = urls.map((url): Place => ({ url, depth: 0, foundOn: null }));
  const page = (
    index: number,
    outcome: PageOutcome,
    document: ExtractedDocument | null = null,
  ): StoredPage => {
    const { url, depth, foundOn } = places[index] ?? { url: '', depth: 0, foundOn: null };
    const host = URL.parse(url)?.host ?? '';
    return { crawlId: '', index, url, host, depth, foundOn, outcome, document };
  };
  let failure: Error | undefined;
  try {
    for await (const event of crawl as AsyncIterable<SiteCrawlEvent>) {
      switch (event.message_type) {
        case 'result': {
          const { index, result } = event.data;
          const outcome = outcomeOf(result, Date.now());
          yield page(index, outcome, outcome.kind === 'succeeded' ? result.document : null);
          break;
        }
        case 'skipped':
          yield page(event.data.index, { kind: 'skipped', rule: null, reason: event.data.reason });
          break;
        case 'undeliverable':
          yield page(event.data.index, undeliverable(event.data));
          break;
        case 'found':
          for (const { index, url, depth, found_on: foundOn, skipped } of event.data.pages) {
            places[index] = { url, depth, foundOn };
            if (skipped) yield page(index, { kind: 'skipped', rule: skipped.rule, reason: skipped.message });
          }
          break;
        case 'paused':
          throw new CrawlHeld(event.data.message);
        case 'welcome':
        case 'metadata':
        case 'summary':
        case 'raw-result':
        case 'reconnecting':
      }
    }
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  for (const index of crawl.outstandingIndexes()) yield page(index, { kind: 'outstanding' });
  if (failure) throw failure;
}

function undeliverable({ reason, message }: { reason: string; message: string }): PageOutcome {
  return {
    kind: 'failed',
    status: 0,
    errorType: reason,
    message,
    isRetryable: false,
    processingMs: 0,
    finishedAtMs: Date.now(),
  };
}
