import type { SlimDocument } from './dom/slimDocument';
import type { PageLink } from './pageUrls';

/** What a page tells a crawler that follows links; its HTTP headers may tell more. */
export interface PageDirections {
  /** Absolute web addresses without fragments, each once, in the order they stand. */
  links: string[];
  /** The same of links that their page marks as not to be followed. */
  nofollowLinks: string[];
  /** Where the page says its content has its one address. */
  canonical: string | null;
  /** By its `robots` meta element; so is the next. */
  isNoindex: boolean;
  isNofollow: boolean;
}

export function readDirections(document: SlimDocument, links: readonly PageLink[]): PageDirections {
  const rules = robotsRules(document);
  const isNofollowLink = ({ rel }: PageLink): boolean => rel.includes('nofollow');
  return {
    links: links.filter((link) => !isNofollowLink(link)).map(({ url }) => url),
    nofollowLinks: links.filter(isNofollowLink).map(({ url }) => url),
    canonical: canonicalUrl(document),
    isNoindex: rules.has('noindex') || rules.has('none'),
    isNofollow: rules.has('nofollow') || rules.has('none'),
  };
}

function robotsRules(document: SlimDocument): Set<string> {
  const metas = document
    .getElementsByTagName('meta')
    .filter((meta) => meta.getAttribute('name')?.trim().toLowerCase() === 'robots');
  return new Set(metas.flatMap((meta) => (meta.getAttribute('content') ?? '').toLowerCase().split(/[\s,]+/)));
}

function canonicalUrl(document: SlimDocument): string | null {
  const link = document
    .getElementsByTagName('link')
    .find((element) => (element.getAttribute('rel') ?? '').toLowerCase().split(/\s+/).includes('canonical'));
  return document.resolve(link?.getAttribute('href') ?? '');
}
