import type { SlimElement } from '../dom/slimElement';
import { tagSet } from '../dom/tags';
import { isCalledNotes } from '../footnotes';
import { isStructure } from '../pageRegions';
import { ownLinkShare } from './candidates';
import { isDataTable } from './dataTables';
import type { ElementTable } from './elementTable';
import { isCloselyWithin } from './isCloselyWithin';
import { namesSay, nameWeight } from './nameWeights';
import { partTags } from './partTags';

/** Never a part of an article. */
const foreignTags = tagSet('object embed footer link aside iframe input textarea select button');
/** Of which some hold what belongs to the page and not to the article. */
const doubtfulTags = tagSet('form fieldset table ul div');
const textishTags = new Set([...partTags, ...tagSet('span li td')]);
const code = tagSet('code');
const figure = tagSet('figure');
const manyCommas = 10;
const mostSharing = 500;
const strongName = 25;

/** What is below a row, what was dropped of it left out. */
interface Amounts {
  characters: number;
  commas: number;
  linked: number;
  paragraphs: number;
  images: number;
  items: number;
  inputs: number;
  headings: number;
  listed: number;
  /** Of the linked, those in links to elsewhere. */
  linkedOut: number;
  /** Code blocks, headings, table rows and defined terms. */
  structures: number;
  hasTextish: boolean;
  /** What keeps a `div` from being a paragraph. */
  hasParts: boolean;
  hasDataTable: boolean;
}

/** How names and amounts are looked at; an article that comes out too short is cleaned again, less strictly. */
export interface Strictness {
  leavesOutUnlikely: boolean;
  usesNames: boolean;
  judgesAmounts: boolean;
}

/**
 * Of what is in the `parts` of a table, the rows that look like something beside an article: by their names, links,
 * pictures, inputs and text. Also tells how much is left without them.
 */
export function doubtfulRows(
  table: ElementTable,
  parts: readonly number[],
  strictness: Strictness,
): { rows: number[]; characters: number; prose: number; structures: number } {
  const { elements, parents } = table;
  const isInside = elements.map(() => false);
  for (const part of parts) isInside[part] = true;
  const dataTables = elements.map(() => false);
  const inDataTable = elements.map(() => false);
  for (const [row, parent] of parents.entries()) {
    if (isInside[parent]) isInside[row] = true;
    const element = elements[row];
    if (!isInside[row] || !element) continue;
    dataTables[row] = element.localName === 'table' && isDataTable(element);
    inDataTable[row] = inDataTable[parent] === true || dataTables[parent] === true;
  }
  const amounts = elements.map((_, row) => (isInside[row] ? ownAmounts(table, row) : null));
  const rows: number[] = [];
  const left = { characters: 0, prose: 0, structures: 0 };
  for (let row = elements.length - 1; row >= 0; row--) {
    const [element, own] = [elements[row], amounts[row]];
    if (!element || !own) continue;
    finish(own, element, dataTables[row] === true);
    const isSafe = inDataTable[row] === true || own.hasDataTable || isCloselyWithin(element, code);
    const isBeside = isForeign(element, own, strictness) || (!isSafe && isDoubtful(element, own, strictness));
    const around = amounts[parents[row] ?? -1];
    if (isBeside && row > 0) rows.push(row);
    else if (around) addUp(around, element, own);
    else {
      left.characters += own.characters;
      left.prose += own.characters - own.linkedOut;
      left.structures += own.structures + Number(isStructure(element));
    }
  }
  return { rows, ...left };
}

function ownAmounts({ characters, commas }: ElementTable, row: number): Amounts {
  return {
    characters: characters[row] ?? 0,
    commas: commas[row] ?? 0,
    linked: 0,
    paragraphs: 0,
    images: 0,
    items: 0,
    inputs: 0,
    headings: 0,
    listed: 0,
    linkedOut: 0,
    structures: 0,
    hasTextish: false,
    hasParts: false,
    hasDataTable: false,
  };
}

/** What the element itself adds to what is below it. */
function finish(own: Amounts, element: SlimElement, isData: boolean): void {
  const { localName } = element;
  if (localName === 'a') {
    const isOut = element.getAttribute('href')?.startsWith('#') !== true;
    own.linked = own.characters * (isOut ? 1 : ownLinkShare);
    own.linkedOut = isOut ? own.characters : 0;
  } else if (localName === 'ul' || localName === 'ol') own.listed += own.characters;
  else if (element.tag.isHeading) own.headings += own.characters;
  own.hasDataTable ||= isData;
}

function addUp(around: Amounts, element: SlimElement, below: Amounts): void {
  const { localName } = element;
  around.characters += below.characters;
  around.commas += below.commas;
  around.linked += below.linked;
  around.paragraphs += below.paragraphs + Number(isParagraph(localName, below));
  around.images += below.images + Number(localName === 'img');
  around.items += below.items + Number(localName === 'li');
  around.inputs += below.inputs + Number(localName === 'input');
  around.headings += below.headings;
  around.listed += below.listed;
  around.linkedOut += below.linkedOut;
  around.structures += below.structures + Number(isStructure(element));
  around.hasTextish ||= below.hasTextish || (textishTags.has(localName) && below.characters > 0);
  around.hasDataTable ||= below.hasDataTable;
  around.hasParts ||= below.hasParts || partTags.has(localName);
}

function isParagraph(localName: string, { hasParts }: Amounts): boolean {
  return localName === 'p' || (localName === 'div' && !hasParts);
}

function isForeign(element: SlimElement, { characters }: Amounts, { usesNames }: Strictness): boolean {
  const { localName, className, id } = element;
  if (foreignTags.has(localName)) return !isCalledNotes(element);
  if (characters < mostSharing && namesSay(className, id).sharing) return true;
  const isTitle = localName === 'h1' || localName === 'h2';
  return isTitle && usesNames && nameWeight(className, id) < 0;
}

function isDoubtful(
  element: SlimElement,
  amounts: Amounts,
  { usesNames, judgesAmounts }: Strictness,
): boolean {
  const { localName, className, id } = element;
  if (!judgesAmounts || !doubtfulTags.has(localName) || isParagraph(localName, amounts)) return false;
  const weight = usesNames ? nameWeight(className, id) : 0;
  if (weight < 0) return true;
  if (amounts.commas >= manyCommas) return false;
  const { characters, paragraphs, images, items, inputs, headings, listed } = amounts;
  const linked = characters === 0 ? 0 : amounts.linked / characters;
  const isList = localName === 'ul' || localName === 'ol' || listed > characters * 0.9;
  const isFigure = isCloselyWithin(element, figure);
  const isBare =
    !isList &&
    !isFigure &&
    headings < characters * 0.9 &&
    characters < 25 &&
    (images === 0 || images > 2) &&
    linked > 0;
  const looksForeign =
    (!isFigure && images > 1 && paragraphs / images < 0.5) ||
    (!isList && items - 100 > paragraphs) ||
    inputs > Math.floor(paragraphs / 3) ||
    isBare ||
    (!isList && weight < strongName && linked > 0.2) ||
    (weight >= strongName && linked > 0.5) ||
    (images === 0 && !amounts.hasTextish);
  return looksForeign && !(isList && isPictureList(element, amounts));
}

/** A list that has a picture for each item is a gallery, not a menu. */
function isPictureList(list: SlimElement, { images, items }: Amounts): boolean {
  return images === items && list.children.every(({ children }) => children.length <= 1);
}
