import type { SlimElement } from './dom/slimElement';

/** Share of the text below `element` that is inside links to elsewhere, 0 to 1. */
export function linkDensity(element: SlimElement): number {
  const length = visibleLength(element.textContent);
  if (length === 0) return 0;
  let linked = 0;
  for (const link of element.getElementsByTagName('a')) {
    const href = link.getAttribute('href');
    if (href && !href.startsWith('#')) linked += visibleLength(link.textContent);
  }
  return Math.min(1, linked / length);
}

/** Characters that are not white space. */
export function visibleLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    // Everything a page uses for layout lies at or below U+0020, but for the hard space.
    const code = text.charCodeAt(i);
    if (code > 32 && code !== 160) length += 1;
  }
  return length;
}
