import type { SlimDocument } from './dom/slimDocument';

/** "Title | Site", "Title — Site", "Site » Title": the signs with white space around them. */
const separator = /\s+(?:[|\\/>»·•–—-]|::)\s+/;

/**
 * The title of a page without the name of its site: what the page declares, unless the only main
 * heading is the beginning of it, else its `<title>`, else that heading.
 */
export function pageTitle(
  document: SlimDocument,
  declared: string | null,
  siteName: string | null,
): string | null {
  const headings = document.body
    .getElementsByTagName('h1')
    .map((heading) => clean(heading.textContent.replace(/[¶#]\s*$/, '')));
  const heading = headings.length === 1 ? headings[0] : undefined;
  const title = clean(declared ?? document.title);
  if (!title) return heading ?? headings.find(Boolean) ?? null;
  if (heading && heading.length >= 3 && partsOf(title)[0] === heading) return heading;
  return withoutSiteName(title, siteName, document.documentURI);
}

function withoutSiteName(title: string, siteName: string | null, url: string): string {
  const parts = partsOf(title);
  if (parts.length < 2) return title;
  const names = [siteName ?? '', hostLabel(url)].map(comparable).filter(Boolean);
  const isSite = (part: string) => names.some((name) => comparable(part) === name);
  const last = parts.at(-1) ?? '';
  if (isSite(last)) return title.slice(0, title.lastIndexOf(last)).replace(/\s+\S+\s+$/, '');
  const first = parts[0] ?? '';
  if (isSite(first)) return title.slice(first.length).replace(/^\s+\S+\s+/, '');
  return title;
}

function partsOf(title: string): string[] {
  return title.split(separator);
}

/** "www.example.co.uk" → "example". */
function hostLabel(url: string): string {
  const labels = URL.canParse(url) ? new URL(url).hostname.split('.').filter((label) => label !== 'www') : [];
  return labels.length > 1 ? (labels[0] ?? '') : '';
}

function comparable(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function clean(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
