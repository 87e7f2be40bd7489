import { skipRules, type FoundPage, type SkipRule } from '../protocol/messages';
import { escapeMarkdown } from './escapeMarkdown';
import type { SitePreview } from './sitePreview';

/** Listed of each kind; a sitemap may name 50,000 URLs, and an editor is slow with such a document. */
const maxListed = 2_000;

const minuteMs = 60_000;

/** What each rule leaves out, for people. */
const ruleTexts: Readonly<Record<SkipRule, string>> = {
  depth: 'Too many links away from a seed',
  'page-limit': 'Above the page limit',
  'time-limit': 'Above the time limit',
  scope: 'Out of scope',
  include: 'Matches no include pattern',
  exclude: 'Matches an exclude pattern',
  robots: 'Closed by robots.txt',
  nofollow: 'Marked as not to be followed',
  'duplicate-content': 'The same text as another page',
  canonical: 'Another address of a page',
  trap: 'Looks like an endless series of pages',
  'not-a-page': 'Not a page',
  'private-address': 'A private address that was not typed',
  'dry-run': 'Would be crawled',
};

/** A dry run as the Markdown document that the editor opens. */
export function previewDocument({ seeds, site, pages, failures }: SitePreview): string {
  const isWanted = ({ skipped }: FoundPage): boolean => skipped === null || skipped.rule === 'dry-run';
  // Seeds have the first indexes, and are told of again only when they are left out.
  const wanted = pages.filter((page) => isWanted(page) && page.index >= seeds.length);
  const leftOut = pages.filter((page) => !isWanted(page));
  const seedsLeftOut = leftOut.filter(({ index }) => index < seeds.length).length;
  const minutes = Math.round(site.max_duration_ms / minuteMs);
  const parts = [
    '# Preview of a site crawl',
    seeds.map((url) => `- <${url}>`).join('\n'),
    `Depth ${site.max_depth}, at most ${site.max_pages} pages and ${minutes} minutes, scope ${site.scope}` +
      `${patterns('include', site.include)}${patterns('exclude', site.exclude)}.`,
    'Only the seeds and the sitemaps were read: pages behind the links are found by the crawl itself.',
    `**${seeds.length - seedsLeftOut + wanted.length} would be crawled, ${leftOut.length} would not.**`,
    ...(failures.length > 0 ? ['## Could not be read', failures.map(failureLine).join('\n')] : []),
    ...section('Would be crawled beside the seeds', wanted, ({ found_on }) => `found on <${found_on}>`),
    ...skipRules.flatMap((rule) =>
      section(
        `${ruleTexts[rule]} (\`${rule}\`)`,
        leftOut.filter(({ skipped }) => skipped?.rule === rule),
        ({ skipped }) => escapeMarkdown(skipped?.message ?? ''),
      ),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, pages: readonly FoundPage[], say: (page: FoundPage) => string): string[] {
  if (pages.length === 0) return [];
  const listed = pages.slice(0, maxListed).map((page) => `- <${page.url}>: ${say(page)}`);
  const more = pages.length > maxListed ? [`- … and ${pages.length - maxListed} more`] : [];
  return [`## ${title}: ${pages.length}`, [...listed, ...more].join('\n')];
}

function failureLine({ url, message }: SitePreview['failures'][number]): string {
  return `- <${url}>: ${escapeMarkdown(message)}`;
}

function patterns(name: string, list: readonly string[]): string {
  return list.length === 0 ? '' : `, ${name} ${list.map((each) => escapeMarkdown(each)).join(' ')}`;
}
