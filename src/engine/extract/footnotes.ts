import { renameElement } from './dom/renameElement';
import { isText } from './dom/nodeTypes';
import type { SlimElement } from './dom/slimElement';
import { SlimText } from './dom/slimText';
import { blockTags, tagSet } from './dom/tags';
import { shield } from './verbatim';

const labelPattern = /^\[?(?:\d{1,3}|[a-z]|[*†‡§¶^↑]+)\]?\.?$/;
const noteTags = tagSet('li p div aside dd');
const labelTags = tagSet('a b span strong sup');
const calledNotes = /\b(?:foot|end)notes?\b/i;

interface Reference {
  link: SlimElement;
  /** With what only sets it high. */
  whole: SlimElement;
  note: SlimElement;
}

/** Whether a page says of an element that footnotes are in it, or that it is one. */
export function isCalledNotes(element: SlimElement): boolean {
  return calledNotes.test(`${element.className} ${element.getAttribute('role')}`);
}

/** Writes footnotes, and what refers to them, as Markdown does; in a page they link to each other. Changes `root`. */
export function writeFootnotes(root: SlimElement): void {
  const links = root.getElementsByTagName('a').filter(isReference);
  if (links.length === 0) return;
  const references = withNotes(root, links);
  const backwards = new Set(
    references.flatMap(({ link, whole }) => [link.id, link.getAttribute('name') ?? '', whole.id]),
  );
  const numbers = new Map<SlimElement, number>();
  for (const { whole, note } of references) {
    const number = numbers.get(note) ?? numbers.size + 1;
    numbers.set(note, number);
    whole.parentNode?.replaceChild(verbatim(`[^${number}]`), whole);
  }
  for (const [note, number] of numbers) {
    removeLabel(note, backwards);
    removeLinksBack(note, backwards);
    markNote(note, number);
  }
}

/** A short label that leads to a place in the page, and is set high or called a note. */
function isReference(link: SlimElement): boolean {
  if (fragmentOf(link) === '') return false;
  const isCalledNote = /foot|note|\bfn/i.test(
    `${link.className} ${fragmentOf(link)} ${link.getAttribute('role')}`,
  );
  const isHigh = link.parentElement?.localName === 'sup' || link.firstElementChild?.localName === 'sup';
  return (isCalledNote || isHigh) && labelPattern.test(link.textContent.trim());
}

function leadsTo(anchors: ReadonlySet<string>, link: SlimElement): boolean {
  const fragment = fragmentOf(link);
  return fragment !== '' && anchors.has(fragment);
}

function fragmentOf(link: SlimElement): string {
  const href = link.getAttribute('href') ?? '';
  return href.startsWith('#') ? href.slice(1) : '';
}

/** Those of `links` that lead on to a note: one that leads back stands in a note itself. */
function withNotes(root: SlimElement, links: readonly SlimElement[]): Reference[] {
  const order = new Map(root.select(() => true).map((element, at) => [element, at]));
  const notes = new Map<string, SlimElement>();
  for (const element of order.keys()) {
    const note = noteAround(element);
    if (note && element.id !== '') notes.set(element.id, note);
    if (note && element.localName === 'a') notes.set(element.getAttribute('name') ?? '', note);
  }
  const references = links.flatMap((link): Reference[] => {
    const note = notes.get(fragmentOf(link));
    const isAhead = note !== undefined && (order.get(note) ?? 0) > (order.get(link) ?? 0);
    return isAhead ? [{ link, whole: wholeOf(link), note }] : [];
  });
  const known = new Set(references.map(({ note }) => note));
  // What only some items of a list are is told by their numbers in it.
  const lists = new Set(references.flatMap(({ note }) => (isItem(note) ? [note.parentElement] : [])));
  const mixed = new Set(
    [...lists].filter((list) => list?.children.some((item) => item.localName !== 'dt' && !known.has(item))),
  );
  return references.filter(({ note }) => !isItem(note) || !mixed.has(note.parentElement));
}

function noteAround(element: SlimElement): SlimElement | null {
  let note: SlimElement | null = element;
  while (note && !blockTags.has(note.localName)) note = note.parentElement;
  // A term that is the number of what it stands before.
  if (note?.localName === 'dt') note = note.nextElementSibling;
  return note && noteTags.has(note.localName) ? note : null;
}

function wholeOf(link: SlimElement): SlimElement {
  const { parentElement } = link;
  const isAll =
    parentElement?.localName === 'sup' && parentElement.textContent.trim() === link.textContent.trim();
  return isAll ? parentElement : link;
}

function isItem({ localName }: SlimElement): boolean {
  return localName === 'li' || localName === 'dd';
}

/** Its number, at its beginning or in a term before it. */
function removeLabel(note: SlimElement, backwards: ReadonlySet<string>): void {
  let before = note.previousSibling;
  while (before && isText(before)) before = before.previousSibling;
  if (before?.localName === 'dt') {
    removeLinksBack(before, backwards);
    const term = before.textContent.trim();
    if (term === '' || labelPattern.test(term)) before.remove();
  }
  const first = note.find(({ localName }) => labelTags.has(localName));
  const text = first?.textContent.trim() ?? '';
  if (labelPattern.test(text) && note.textContent.trimStart().startsWith(text)) first?.remove();
}

/** With what only stands around them, such as brackets. */
function removeLinksBack(note: SlimElement, backwards: ReadonlySet<string>): void {
  for (const link of note.getElementsByTagName('a')) {
    if (!leadsTo(backwards, link)) continue;
    const around = link.parentElement;
    link.remove();
    if (around && labelTags.has(around.localName) && !/[\p{L}\p{N}]/u.test(around.textContent))
      around.remove();
  }
}

/** Makes a paragraph of an item, and of a list of them no list. */
function markNote(note: SlimElement, number: number): void {
  const isOfBlocks = note.find(({ tag }) => tag.isBlock) !== null;
  const list = note.parentElement;
  if (isItem(note) && list && list.localName !== 'div') renameElement(list, 'div');
  const block = isItem(note) ? renameElement(note, isOfBlocks ? 'div' : 'p') : note;
  const first = isOfBlocks ? (block.find(({ tag }) => tag.isBlock) ?? block) : block;
  const begin = first.firstChild;
  if (begin && isText(begin)) begin.data = begin.data.trimStart();
  first.insertBefore(verbatim(`[^${number}]: `), begin);
}

function verbatim(markdown: string): SlimText {
  return new SlimText(shield(markdown));
}
