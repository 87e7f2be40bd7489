import type { CrawlRecord, StoredPage } from '../store/records';
import { crawlFacts } from './crawlFacts';
import { outcomeFacts } from './pageFacts';

/** One JSON document, `{ crawl, pages }`, a page a line. */
export async function* jsonText(
  crawl: CrawlRecord,
  pages: AsyncIterable<StoredPage>,
): AsyncGenerator<string> {
  yield `{"crawl":${JSON.stringify(crawlFacts(crawl))},\n"pages":[`;
  let separator = '\n';
  for await (const page of pages) {
    yield separator + pageJson(page);
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** The same pages, each a JSON document in a line of its own. */
export async function* ndjsonText(pages: AsyncIterable<StoredPage>): AsyncGenerator<string> {
  for await (const page of pages) yield `${pageJson(page)}\n`;
}

function pageJson(page: StoredPage): string {
  return JSON.stringify({ ...outcomeFacts(page), document: page.document });
}
