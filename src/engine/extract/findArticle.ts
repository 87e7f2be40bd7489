import { Readability } from '@mozilla/readability';
import type { SlimDocument, SlimElement } from './dom/nodes';
import { isElement, isText } from './dom/nodeTypes';
import { nextNode, nextSkippingChildren } from './dom/walk';
import { linkDensity, visibleLength } from './linkDensity';
import { pruneArticle, removeAnchorMarks, removeControls } from './pruneArticle';
import { isWithinReadersReach } from './treeSize';

export interface FoundArticle {
  root: SlimElement;
  /** Which way it was found; later ones are tried when an earlier one finds too little. */
  path: 'readability' | 'main' | 'body';
  /** Why the first way was not good enough. */
  primaryError: string | null;
  /** Author as it stands in the page's text, where Readability came across one. */
  byline: string | null;
}

/** Less than this, in characters that show, is no article. */
const minLength = 140;

/**
 * Finds the part of a page a reader came for. Takes `document` apart; `parse` gives a
 * fresh tree of the same page for the second way.
 */
export function findArticle(document: SlimDocument, parse: () => SlimDocument): FoundArticle {
  const main = mainRegion(document);
  const marked = main ? describe(main) : { length: 0, prose: 0, structures: 0 };
  if (!isWithinReadersReach(document)) return findRegion(document, 'The page is too large for Readability.');
  const read = readArticle(document);
  if (typeof read === 'string') return findRegion(parse(), read);
  pruneArticle(read.root);
  const found = describe(read.root);
  if (found.length < minLength || found.prose < marked.prose * 0.3) {
    return longer(findRegion(parse(), 'Readability found too little.'), read);
  }
  if (marked.structures >= 3 && found.structures < marked.structures * 0.95) {
    return longer(findRegion(parse(), 'Readability left out code or tables.'), read);
  }
  return read;
}

function longer(region: FoundArticle, read: FoundArticle): FoundArticle {
  return visibleLength(region.root.textContent) >= visibleLength(read.root.textContent)
    ? { ...region, byline: read.byline }
    : read;
}

function readArticle(document: SlimDocument): FoundArticle | string {
  try {
    const read = new Readability<SlimElement>(document, {
      keepClasses: true,
      serializer: (node) => node as SlimElement,
    }).parse();
    if (!read?.content) return 'Readability found no article.';
    return { root: read.content, path: 'readability', primaryError: null, byline: read.byline ?? null };
  } catch (error) {
    return `Readability failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The page's own main element, else its body without what surrounds a marked. */
function findRegion(document: SlimDocument, primaryError: string): FoundArticle {
  const main = mainRegion(document);
  if (main) {
    const isIndex = linkDensity(main) > 0.5;
    removeControls(main);
    if (isIndex) removeAnchorMarks(main);
    else pruneArticle(main);
    if (visibleLength(main.textContent) > 0) return { root: main, path: 'main', primaryError, byline: null };
  }
  const { body } = document;
  const hasText = visibleLength(body.textContent) > 0;
  const surroundings = body.select(isSurrounding);
  const surrounded = surroundings.reduce((sum, element) => sum + visibleLength(element.textContent), 0);
  if (hasText && surrounded < visibleLength(body.textContent)) {
    for (const element of surroundings) element.remove();
  }
  removeControls(body);
  removeAnchorMarks(body);
  return { root: body, path: 'body', primaryError, byline: null };
}

function isSurrounding(element: SlimElement): boolean {
  if (!['nav', 'header', 'footer', 'aside'].includes(element.localName)) return false;
  // The header of a section or article belongs to it.
  return element.localName !== 'header' || element.parentElement?.localName === 'body';
}

/** What the page itself marks as its main part, where it does so once. */
function mainRegion(document: SlimDocument): SlimElement | null {
  const mains = document.body.select(
    (element) => element.localName === 'main' || element.getAttribute('role') === 'main',
  );
  const outer = mains.filter((main) => !mains.some((other) => other !== main && contains(other, main)));
  const articles = document.body.getElementsByTagName('article');
  const article = articles.length === 1 ? articles[0] : undefined;
  const main = outer.length === 1 ? outer[0] : undefined;
  if (!main) return article ?? null;
  const isArticleEnough =
    article &&
    visibleLength(article.textContent) > visibleLength(main.textContent) * 0.7 &&
    contains(main, article);
  return isArticleEnough ? article : main;
}

function contains(outer: SlimElement, inner: SlimElement): boolean {
  for (let node = inner.parentElement; node; node = node.parentElement) if (node === outer) return true;
  return false;
}

interface Description {
  length: number;
  /** Characters outside links. */
  prose: number;
  /** Code blocks, table rows and defined terms. */
  structures: number;
}

function describe(element: SlimElement): Description {
  let length = 0;
  let structures = 0;
  let node = nextNode(element, element);
  while (node) {
    if (isText(node)) length += visibleLength(node.data);
    else if (node.localName === 'pre' || node.localName === 'tr' || node.localName === 'dt') structures += 1;
    const isUnread = isElement(node) && (node.localName === 'script' || node.localName === 'noscript');
    node = isUnread ? nextSkippingChildren(node, element) : nextNode(node, element);
  }
  return { length, prose: length * (1 - linkDensity(element)), structures };
}
