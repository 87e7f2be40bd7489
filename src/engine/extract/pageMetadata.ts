import type { SlimDocument } from './dom/slimDocument';
import { isoDate } from './isoDate';
import { readLinkedData } from './jsonLd';
import { pageTitle } from './pageTitle';

export interface PageMetadata {
  title: string | null;
  byline: string | null;
  publishedIso: string | null;
  language: string | null;
  siteName: string | null;
  description: string | null;
  categories: string[];
}

const maxCategories = 50;

/** Reads what a page says of itself: linked data first, then meta elements, then what stands in the page. */
export function readMetadata(document: SlimDocument, linkedData: readonly unknown[]): PageMetadata {
  const data = readLinkedData(linkedData);
  const meta = readMetaElements(document);
  const first = (...names: string[]) =>
    names.map((name) => meta.get(name)?.[0]).find((value) => value !== undefined);
  const siteName = data?.siteName ?? first('og:site_name', 'application-name', 'dc.publisher') ?? null;
  return {
    title: pageTitle(
      document,
      first('og:title', 'twitter:title', 'dc.title') ?? data?.headline ?? null,
      siteName,
    ),
    byline: clean(data?.authors.join(', ')) ?? authorIn(meta, document),
    publishedIso:
      isoDate(data?.published) ??
      isoDate(
        first(
          'article:published_time',
          'datepublished',
          'parsely-pub-date',
          'dc.date',
          'dcterms.created',
          'date',
        ),
      ) ??
      isoDate(dateIn(document)),
    language: languageOf(
      document,
      first('content-language', 'og:locale', 'dc.language') ?? data?.language ?? null,
    ),
    siteName: clean(siteName),
    description: clean(
      first('og:description', 'description', 'twitter:description', 'dc.description') ?? data?.description,
    ),
    categories: categoriesOf(
      [...(meta.get('article:section') ?? []), ...(meta.get('article:tag') ?? [])],
      [...(meta.get('keywords') ?? []).flatMap((words) => words.split(/[,;]/)), ...(data?.keywords ?? [])],
    ),
  };
}

/** Contents of the meta elements by name, lower case, in order. */
function readMetaElements(document: SlimDocument): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const meta of document.getElementsByTagName('meta')) {
    const content = meta.getAttribute('content')?.trim();
    if (!content) continue;
    for (const attribute of ['name', 'property', 'itemprop', 'http-equiv']) {
      const name = meta.getAttribute(attribute)?.trim().toLowerCase();
      if (name) values.set(name, [...(values.get(name) ?? []), content]);
    }
  }
  return values;
}

function authorIn(meta: Map<string, string[]>, document: SlimDocument): string | null {
  for (const name of ['author', 'article:author', 'dc.creator', 'parsely-author', 'twitter:creator']) {
    const authors = (meta.get(name) ?? []).filter((author) => !/^https?:/.test(author));
    if (authors.length > 0) return clean([...new Set(authors)].join(', '));
  }
  const link = document.body.find(
    (element) => element.getAttribute('rel') === 'author' || element.getAttribute('itemprop') === 'author',
  );
  const author = clean(link?.textContent);
  return author !== null && author.length <= 100 ? author : null;
}

/** The first machine-readable date that stands in the page's own article, if it has one, else in the page. */
function dateIn(document: SlimDocument): string | null {
  const place = document.getElementsByTagName('article')[0] ?? document.body;
  const time =
    document.body.find((element) => element.getAttribute('itemprop') === 'datePublished') ??
    place.getElementsByTagName('time').find((element) => element.hasAttribute('datetime'));
  return time?.getAttribute('datetime') ?? time?.getAttribute('content') ?? null;
}

function languageOf(document: SlimDocument, declared: string | null): string | null {
  const root = document.documentElement;
  const language = root.getAttribute('lang') ?? root.getAttribute('xml:lang') ?? declared;
  const tag = language
    ?.trim()
    .split(/[,;\s]/)[0]
    ?.replaceAll('_', '-');
  return tag && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(tag) ? tag : null;
}

function categoriesOf(...lists: string[][]): string[] {
  const categories = lists.flat().map((name) => clean(name) ?? '');
  return [...new Set(categories.filter((name) => name && name.length <= 100))].slice(0, maxCategories);
}

function clean(text: string | null | undefined): string | null {
  const cleaned = text?.replace(/\s+/g, ' ').trim();
  return cleaned === '' ? null : (cleaned ?? null);
}
