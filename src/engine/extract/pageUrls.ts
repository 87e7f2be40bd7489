import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { tagSet } from './dom/tags';

const maxUrls = 5_000;

/** A link of a page: where it leads, what it says there and how the page stands to it. */
export interface PageLink {
  /** Absolute, without a fragment. */
  url: string;
  text: string;
  /** Lower case. */
  rel: string[];
}

const linkTags = tagSet('a area');
const mediaTags = tagSet('img video audio source');
const maxLinkText = 200;
const maxRelations = 8;

/** A page's links to web pages in the order they stand, each address once; not the page itself. */
export function pageLinks(document: SlimDocument): PageLink[] {
  const links = new Map<string, PageLink>();
  const own = withoutFragment(document.documentURI);
  for (const anchor of document.getElementsByTagNames(linkTags)) {
    const href = anchor.getAttribute('href')?.trim();
    if (!href || href.startsWith('#')) continue;
    const reached = document.resolve(href);
    const url = reached === null ? null : withoutFragment(reached);
    if (url === null || url === own) continue;
    const link = { url, text: linkText(anchor), rel: relationsOf(anchor) };
    const known = links.get(url);
    links.set(url, known ? merged(known, link) : link);
    if (links.size >= maxUrls) break;
  }
  return [...links.values()];
}

/** A picture with a link often comes before the same link with words. */
function merged(known: PageLink, again: PageLink): PageLink {
  const isFreer = known.rel.includes('nofollow') && !again.rel.includes('nofollow');
  return { url: known.url, text: known.text || again.text, rel: isFreer ? again.rel : known.rel };
}

function linkText(anchor: SlimElement): string {
  const label =
    anchor.getAttribute('aria-label') ?? anchor.getAttribute('title') ?? anchor.getAttribute('alt');
  const alt = anchor.find(({ localName }) => localName === 'img')?.getAttribute('alt');
  const text = [anchor.textContent, label, alt].find((words) => words && /\S/.test(words)) ?? '';
  return text
    .slice(0, 4 * maxLinkText)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxLinkText);
}

function relationsOf(anchor: SlimElement): string[] {
  const relations = (anchor.getAttribute('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return [...new Set(relations)].slice(0, maxRelations);
}

/** Absolute addresses of the images, videos and audio of a page, each once. */
export function pageMedia(document: SlimDocument): string[] {
  const media = new Set<string>();
  for (const element of document.getElementsByTagNames(mediaTags)) {
    const url = imageUrl(element);
    if (url !== null) media.add(url);
    const poster = element.getAttribute('poster');
    const posterUrl = poster === null ? null : document.resolve(poster);
    if (posterUrl !== null) media.add(posterUrl);
    if (media.size >= maxUrls) break;
  }
  return [...media];
}

/** Address of an image, also where a script was to put it in later; never the picture itself. */
export function imageUrl(image: SlimElement): string | null {
  for (const name of ['src', 'data-src', 'data-original', 'data-lazy-src', 'srcset', 'data-srcset']) {
    const value = image.getAttribute(name)?.trim();
    if (!value || value.startsWith('data:')) continue;
    const source = name.endsWith('srcset') ? value.split(/\s*,\s+|\s+/)[0] : value;
    const url = source === undefined ? null : image.ownerDocument.resolve(source);
    if (url !== null) return url;
  }
  return null;
}

function withoutFragment(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}
