import type { SlimDocument } from '../dom/slimDocument';
import type { SlimElement } from '../dom/slimElement';
import { tagSet } from '../dom/tags';
import { isMarkedHidden } from '../isMarkedHidden';
import { articleRows } from './articleRows';
import { findCandidates } from './candidates';
import { doubtfulRows, type Strictness } from './doubtfulRows';
import { ElementTable } from './elementTable';
import { isCloselyWithin } from './isCloselyWithin';
import { namesSay } from './nameWeights';

/** An article with less text is looked for again, less strictly. */
const enoughCharacters = 425;
const strictnesses: readonly Strictness[] = [
  { leavesOutUnlikely: true, usesNames: true, judgesAmounts: true },
  { leavesOutUnlikely: false, usesNames: true, judgesAmounts: true },
  { leavesOutUnlikely: false, usesNames: false, judgesAmounts: true },
  { leavesOutUnlikely: false, usesNames: false, judgesAmounts: false },
];

const unlikelyRoles = tagSet('menu menubar complementary navigation alert alertdialog dialog');
const wholeTags = tagSet('div article section p ol ul dl table pre blockquote figure h2 h3 h4 h5 h6');
/** Names in there say what is shown, not where on the page. */
const likelyPlaces = tagSet('table code');
const mostOfByline = 85;
const maxHeading = 1000;

/** Where the running text of a page is; nothing has been taken out of the page yet. */
export interface RunningText {
  /** Side by side. */
  parts: SlimElement[];
  /** In the parts, and no part of the text. */
  besides: SlimElement[];
  byline: string | null;
  /** Those that show. */
  characters: number;
  /** Of them, outside links. */
  prose: number;
  /** Code blocks, headings, table rows and defined terms. */
  structures: number;
}

/**
 * Finds a page's running text, as Arc90's Readability did first: paragraphs give points to what they stand in, and what
 * has most is the article, together with its like and without what only looks like it.
 *
 * @param title of the page, of which a heading in the article is a repetition.
 */
export function readRunningText(body: SlimElement, title: string): RunningText | null {
  let best: RunningText | null = null;
  for (const strictness of strictnesses) {
    const reading = read(body, title, strictness);
    if (!best || reading.characters > best.characters) best = reading;
    if (best.characters >= enoughCharacters || reading.besides.length === 0) break;
  }
  return best?.characters === 0 ? null : best;
}

/** Makes one element of the text's parts, without what is beside it. */
export function takeOut(document: SlimDocument, { parts, besides }: RunningText): SlimElement {
  for (const element of besides) element.remove();
  if (parts[0] === document.body) return document.body;
  const root = document.body.appendChild(document.createElement('div'));
  for (const part of parts) {
    // A cell, say, means nothing outside of its table.
    const whole = wholeTags.has(part.localName) ? part : document.createElement('div');
    if (whole !== part) while (part.firstChild) whole.appendChild(part.firstChild);
    root.appendChild(whole);
  }
  return root;
}

function read(body: SlimElement, title: string, strictness: Strictness): RunningText {
  const leftOut: SlimElement[] = [];
  let byline: string | null = null;
  let isTitleFound = false;
  const leavesOut = (element: SlimElement): boolean => {
    if (element.localName === 'script' || isHidden(element)) return true;
    if (byline === null && isByline(element)) {
      byline = element.textContent.trim();
      return true;
    }
    if (!isTitleFound && repeats(element, title)) {
      isTitleFound = true;
      return true;
    }
    return strictness.leavesOutUnlikely && isUnlikely(element);
  };
  const table = new ElementTable(body, (element) => {
    const isOut = leavesOut(element);
    if (isOut) leftOut.push(element);
    return isOut;
  });
  const parts = articleRows(findCandidates(table, strictness.usesNames));
  const { rows, ...left } = doubtfulRows(table, parts, strictness);
  const elementsOf = (of: readonly number[]): SlimElement[] => of.flatMap((row) => table.elements[row] ?? []);
  return { parts: elementsOf(parts), besides: [...leftOut, ...elementsOf(rows)], byline, ...left };
}

function isHidden(element: SlimElement): boolean {
  if (element.attributes.length === 0) return false;
  if (isMarkedHidden(element) || element.style.visibility === 'hidden') return true;
  return element.getAttribute('aria-modal') === 'true' && element.getAttribute('role') === 'dialog';
}

function isByline(element: SlimElement): boolean {
  const isNamed =
    element.getAttribute('rel') === 'author' ||
    element.getAttribute('itemprop')?.includes('author') === true ||
    namesSay(element.className, element.id).writer;
  if (!isNamed) return false;
  const { visible } = element.measures;
  return visible > 0 && visible < mostOfByline;
}

function repeats(element: SlimElement, title: string): boolean {
  if (element.localName !== 'h1' && element.localName !== 'h2') return false;
  return element.measures.all <= maxHeading && similarity(title, element.textContent) > 0.75;
}

function isUnlikely(element: SlimElement): boolean {
  const { localName, className, id } = element;
  if (unlikelyRoles.has(element.getAttribute('role') ?? '')) return true;
  if (localName === 'a' || !namesSay(className, id).unlikely) return false;
  return !isCloselyWithin(element, likelyPlaces);
}

/** Share of the words of `text` that are in `title`, by their length. */
function similarity(title: string, text: string): number {
  const known = new Set(wordsOf(title));
  const words = wordsOf(text);
  if (known.size === 0 || words.length === 0) return 0;
  const others = words.filter((word) => !known.has(word));
  return 1 - others.join(' ').length / words.join(' ').length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\w+/g) ?? [];
}
