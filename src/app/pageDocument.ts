import type { ExtractedDocument } from '../protocol/messages';
import { documentBody } from '../store/documentBody';
import { unchangedStatus, type StoredPage } from '../store/records';
import { escapeMarkdown } from './escapeMarkdown';
import { pageTitle } from './pageTitle';

/** A crawled page as the Markdown document that the editor opens; it stands alone, without the crawl beside it. */
export function pageDocument(page: StoredPage): string {
  const { outcome, document } = page;
  switch (outcome.kind) {
    case 'outstanding':
      return `# ${escapeMarkdown(page.url)}\n\nThis page has not arrived yet.\n`;
    case 'skipped': {
      const rule = outcome.rule === null ? '' : ` (${outcome.rule})`;
      const found = page.foundOn === null ? '' : `\n\nFound on <${page.foundOn}>.`;
      return `# ${escapeMarkdown(page.url)}\n\nThis page was skipped${rule}: ${escapeMarkdown(outcome.reason)}${found}\n`;
    }
    case 'failed': {
      const status = outcome.status > 0 ? `, HTTP status ${outcome.status}` : '';
      const retry = outcome.isRetryable ? '\n\nTrying again later may help.' : '';
      return `# ${escapeMarkdown(page.url)}\n\nThis page failed (${escapeMarkdown(outcome.errorType)}${status}): ${escapeMarkdown(outcome.message)}${retry}\n`;
    }
    case 'succeeded': {
      const title = document?.title?.trim() ? document.title : (pageTitle(page) ?? page.url);
      const facts = [
        `<${document?.url ?? page.url}>`,
        document?.byline,
        document?.published_iso?.slice(0, 10),
        typeof document?.word_count === 'number' ? wordsText(document.word_count) : null,
        outcome.status === unchangedStatus ? 'not modified since it was crawled before' : null,
        outcome.isTruncated ? 'cut at the size limit' : null,
      ].filter((fact): fact is string => typeof fact === 'string' && fact !== '');
      const content = document ? contentOf(document) : '';
      return `# ${escapeMarkdown(title)}\n\n${facts.map((fact, index) => (index === 0 ? fact : escapeMarkdown(fact))).join(' · ')}\n\n${content}\n`;
    }
  }
}

function wordsText(count: number): string {
  return count === 1 ? '1 word' : `${count} words`;
}

/** A raw page is shown as its source: none of it is to be read as Markdown. */
function contentOf(document: ExtractedDocument): string {
  const body = documentBody(document);
  return body !== '' && body === document.html ? fenced(body, 'html') : body;
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
