import type { SlimDocument, SlimElement } from './dom/nodes';

const maxUrls = 5_000;

/** The address a reference leads to, or nothing when it leads to no web page. */
export function absoluteUrl(reference: string, base: string): string | null {
  const trimmed = reference.trim();
  const url = trimmed ? parseUrl(trimmed, base) : null;
  if (url === null) return null;
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

/** `URL.parse` is newer than the oldest runtime. */
function parseUrl(reference: string, base: string): URL | null {
  try {
    return new URL(reference, base);
  } catch {
    return null;
  }
}

/** Absolute web addresses of a page's links in the order they stand, each once, without fragments; not the page itself. */
export function pageLinks(document: SlimDocument): string[] {
  const links = new Set<string>();
  const own = withoutFragment(document.documentURI);
  for (const anchor of document.querySelectorAll('a,area')) {
    const href = anchor.getAttribute('href')?.trim();
    if (!href || href.startsWith('#')) continue;
    const url = absoluteUrl(href, document.baseURI);
    const link = url === null ? null : withoutFragment(url);
    if (link !== null && link !== own) links.add(link);
    if (links.size >= maxUrls) break;
  }
  return [...links];
}

/** Absolute addresses of the images, videos and audio of a page, each once. */
export function pageMedia(document: SlimDocument): string[] {
  const media = new Set<string>();
  for (const element of document.querySelectorAll('img,video,audio,source')) {
    const url = imageUrl(element, document.baseURI);
    if (url !== null) media.add(url);
    const poster = element.getAttribute('poster');
    const posterUrl = poster === null ? null : absoluteUrl(poster, document.baseURI);
    if (posterUrl !== null) media.add(posterUrl);
    if (media.size >= maxUrls) break;
  }
  return [...media];
}

/** Address of an image, also where a script was to put it in later; never the picture itself. */
export function imageUrl(image: SlimElement, base: string): string | null {
  for (const name of ['src', 'data-src', 'data-original', 'data-lazy-src', 'srcset', 'data-srcset']) {
    const value = image.getAttribute(name)?.trim();
    if (!value || value.startsWith('data:')) continue;
    const source = name.endsWith('srcset') ? value.split(/\s*,\s+|\s+/)[0] : value;
    const url = source === undefined ? null : absoluteUrl(source, base);
    if (url !== null) return url;
  }
  return null;
}

function withoutFragment(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}
