import { readRunningText, takeOut } from './article/runningText';
import { unnameHighlighting } from './codeBlocks';
import { takeDocumentation } from './documentation';
import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { isCalledNotes } from './footnotes';
import { linkDensity } from './linkDensity';
import { describe, isMain, mainRegion, type Description } from './pageRegions';
import { pruneArticle, removeAnchorMarks, removeControls } from './pruneArticle';

export interface FoundArticle {
  root: SlimElement;
  /** Which way it was found; later ones are tried when an earlier one finds too little. */
  path: 'article' | 'main' | 'body';
  /** Why the first way was not good enough. */
  primaryError: string | null;
  /** Author as it stands in the page's text, where it was come across. */
  byline: string | null;
}

/** Less than this, in characters that show, is no article. */
const minLength = 140;
const leastShareOfMain = 0.4;
/** Of the prose, and of the code blocks and the like, that the page marks as its main part. */
const leastOfMarked = 0.3;
const mostOfStructures = 0.95;
/** A page with as many code blocks, headings, rows and terms, each for so few characters, is there to look things up. */
const minStructures = 20;
const mostLengthOfEach = 200;

/**
 * Finds the part of a page a reader came for: the main element of a reference page, the running text of any other, or,
 * where that is too little, the main element after all or the body. Takes `document` apart.
 *
 * @param title of the page.
 * @param parse gives a fresh tree of it.
 */
export function findArticle(document: SlimDocument, title: string, parse: () => SlimDocument): FoundArticle {
  const documentation = takeDocumentation(document);
  if (documentation) return { root: documentation, path: 'main', primaryError: null, byline: null };
  const main = mainRegion(document);
  const marked = describe(main ?? document.body);
  const isReference = isReferencePage(marked);
  if (main && isReference) return findRegion(document, null);
  unnameHighlighting(document.body);
  const reading = readRunningText(document.body, title);
  if (!reading) return findRegion(document, 'No running text was found.');
  const { byline } = reading;
  if (reading.characters < minLength || (main && reading.prose < marked.prose * leastOfMarked)) {
    return { ...findRegion(document, 'The running text is too little.'), byline };
  }
  if (isReference && reading.structures < marked.structures * mostOfStructures) {
    return { ...findRegion(document, 'The running text leaves out code or terms.'), byline };
  }
  const root = withinMain(takeOut(document, reading));
  pruneArticle(root);
  if (root.measures.visible < minLength) {
    return { ...findRegion(parse(), 'Little is left of the running text.'), byline };
  }
  return { root, path: 'article', primaryError: null, byline };
}

/** Code, terms and headings by the dozen: every part counts, where points go to the wordy ones. */
function isReferencePage({ codeBlocks, terms, structures, length }: Description): boolean {
  const isDense = codeBlocks > 0 && structures >= minStructures && structures * mostLengthOfEach > length;
  return codeBlocks >= 3 || terms >= 5 || isDense;
}

/** Of an article that reaches beyond the page's own main element, that element: short pages are taken with what is around them. */
function withinMain(root: SlimElement): SlimElement {
  const main = root.find(isMain);
  if (!main) return root;
  const length = main.measures.visible;
  return length >= minLength && length > root.measures.visible * leastShareOfMain ? main : root;
}

/** The page's own main element, else its body without what surrounds a page. */
function findRegion(document: SlimDocument, primaryError: string | null): FoundArticle {
  const main = mainRegion(document);
  if (main) {
    cleanRegion(main);
    if (main.measures.visible > 0) return { root: main, path: 'main', primaryError, byline: null };
  }
  const { body } = document;
  const hasText = body.measures.visible > 0;
  const surroundings = body.select(isSurrounding);
  const surrounded = surroundings.reduce((sum, element) => sum + element.measures.visible, 0);
  if (hasText && surrounded < body.measures.visible) {
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
  if (isCalledNotes(element)) return false;
  // The header of a section or article belongs to it.
  return element.localName !== 'header' || element.parentElement?.localName === 'body';
}
