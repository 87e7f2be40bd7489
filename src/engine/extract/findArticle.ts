import { Readability } from '@mozilla/readability';
import { unnameHighlighting } from './codeBlocks';
import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { linkDensity, visibleLength } from './linkDensity';
import { describe, isMain, mainRegion, type Description } from './pageRegions';
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
const leastShareOfMain = 0.4;
/** A page with as many code blocks, headings, rows and terms, each for so few characters, is there to look things up. */
const minStructures = 20;
const mostLengthOfEach = 200;

/**
 * Finds the part of a page a reader came for: the main element of a reference page, what Readability
 * makes of any other, or, where that is too little, the main element after all or the body. Takes
 * `document` apart; `parse` gives a fresh tree of the same page for the second way.
 */
export function findArticle(document: SlimDocument, parse: () => SlimDocument): FoundArticle {
  const main = mainRegion(document);
  const marked = describe(main ?? document.body);
  const isReference = isReferencePage(marked);
  if (main && isReference) return findRegion(document, null);
  if (!isWithinReadersReach(document)) return findRegion(document, 'The page is too large for Readability.');
  unnameHighlighting(document.body);
  const read = readArticle(document);
  if (typeof read === 'string') return findRegion(parse(), read);
  read.root = withinMain(read.root);
  pruneArticle(read.root);
  const found = describe(read.root);
  if (found.length < minLength || (main && found.prose < marked.prose * 0.3)) {
    return longer(findRegion(parse(), 'Readability found too little.'), read);
  }
  if (isReference && found.structures < marked.structures * 0.95) {
    return longer(findRegion(parse(), 'Readability left out code or terms.'), read);
  }
  return read;
}

/** Code, terms and headings by the dozen: every part counts, where Readability would choose the wordy ones. */
function isReferencePage({ codeBlocks, terms, structures, length }: Description): boolean {
  const isDense = codeBlocks > 0 && structures >= minStructures && structures * mostLengthOfEach > length;
  return codeBlocks >= 3 || terms >= 5 || isDense;
}

/** Of an article that reaches beyond the page's own main element, that element: short pages are taken with what is around them. */
function withinMain(root: SlimElement): SlimElement {
  const main = root.find(isMain);
  if (!main) return root;
  const length = visibleLength(main.textContent);
  return length >= minLength && length > visibleLength(root.textContent) * leastShareOfMain ? main : root;
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

/** The page's own main element, else its body without what surrounds a page. */
function findRegion(document: SlimDocument, primaryError: string | null): FoundArticle {
  const main = mainRegion(document);
  if (main) {
    cleanRegion(main);
    if (visibleLength(main.textContent) > 0) return { root: main, path: 'main', primaryError, byline: null };
  }
  const { body } = document;
  const hasText = visibleLength(body.textContent) > 0;
  const surroundings = body.select(isSurrounding);
  const surrounded = surroundings.reduce((sum, element) => sum + visibleLength(element.textContent), 0);
  if (hasText && surrounded < visibleLength(body.textContent)) {
    for (const element of surroundings) element.remove();
  }
  cleanRegion(body);
  return { root: body, path: 'body', primaryError, byline: null };
}

function cleanRegion(region: SlimElement): void {
  const isIndex = linkDensity(region) > 0.5;
  removeControls(region);
  // Where links are the content, nothing tells them from links beside the content.
  if (isIndex) removeAnchorMarks(region);
  else pruneArticle(region);
}

function isSurrounding(element: SlimElement): boolean {
  if (!['nav', 'header', 'footer', 'aside'].includes(element.localName)) return false;
  // The header of a section or article belongs to it.
  return element.localName !== 'header' || element.parentElement?.localName === 'body';
}
