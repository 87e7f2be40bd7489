import type { ExtractedDocument } from '../protocol/messages';
import { documentBody } from '../store/documentBody';
import type { StoredPage } from '../store/records';
import { frontMatter } from './frontMatter';
import { documentFacts, outcomeFacts } from './pageFacts';

/** One page as a Markdown file: what is known of it as front matter, then its text. */
export function pageMarkdown(page: StoredPage, document: ExtractedDocument): string {
  const { title, final_url: url, ...said } = documentFacts(page);
  const { status, finished_at: fetchedAt, quality, truncated } = outcomeFacts(page);
  const facts = {
    ...{ title, url, requested_url: page.url, status, fetched_at: fetchedAt },
    ...said,
    ...{ quality, truncated: truncated === true ? true : null },
  };
  return `${frontMatter(facts)}\n${documentBody(document).trimEnd()}\n`;
}
