import type { CrawlRecord, StoredPage } from '../store/records';
import { outcomeFacts } from './pageFacts';

/** The top of `index.md`, which accounts for every URL that was asked for. */
export function indexHeading({ title, server, startedAtMs, state, counts }: CrawlRecord): string {
  const started = new Date(startedAtMs).toISOString();
  const { asked, succeeded, failed, skipped, outstanding } = counts;
  return (
    `# ${plain(title)}\n\n` +
    `Started ${started} on ${plain(server)}, ${state.kind}. ${asked} URLs: ${succeeded} succeeded, ` +
    `${failed} failed, ${skipped} skipped, ${outstanding} outstanding.\n\n`
  );
}

/** @param path of the page's file, or null when it has none. */
export function indexLine(page: StoredPage, path: readonly string[] | null): string {
  const url = plain(page.url);
  if (path !== null) {
    const title = plain(page.document?.title ?? '') || url;
    const target = path.map((segment) => encodeURIComponent(segment)).join('/');
    return `${page.index + 1}. [${title}](<${target}>) ${url}\n`;
  }
  const { outcome, error_type: type, skip_rule: rule, reason, status } = outcomeFacts(page);
  const kind = type ?? rule;
  const why = reason === null ? `HTTP status ${String(status)}, without a document` : plain(reason);
  return `${page.index + 1}. ${url}: **${outcome}**${kind === null ? '' : ` (${plain(kind)})`}, ${why}\n`;
}

/** One line that Markdown shows as it is; what a page says can be neither markup nor a link. */
function plain(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>()#!|&~$]/g, '\\$&');
}
