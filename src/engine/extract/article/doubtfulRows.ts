import type { SlimElement } from '../dom/slimElement';
import { tagSet } from '../dom/tags';
import { isCalledNotes } from '../footnotes';
import { isStructure } from '../pageRegions';
import { ownLinkShare } from './candidates';
import { isDataTable as holdsData } from './dataTables';
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
  /** In links to elsewhere. */
  linkedOut: number;
  /** In links within the page. */
  linkedWithin: number;
  paragraphs: number;
  images: number;
  items: number;
  inputs: number;
  headings: number;
  listed: number;
  /** Code blocks, headings, table rows and defined terms. */
  structures: number;
  hasTextish: boolean;
  /** What keeps a `div` from being a paragraph. */
  hasParts: boolean;
  hasDataTable: boolean;
}

interface Places {
  isInside: Uint8Array;
  isDataTable: Uint8Array;
  isInDataTable: Uint8Array;
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
  const { isInside, isDataTable, isInDataTable } = placesOf(table, parts);
  const amounts = elements.map((_, row) => (isInside[row] === 1 ? ownAmounts(table, row) : null));
  const rows: number[] = [];
  const left = { characters: 0, prose: 0, structures: 0 };
  for (let row = elements.length - 1; row >= 0; row--) {
    const [element, own] = [elements[row], amounts[row]];
    if (!element || !own) continue;
    finish(own, element, isDataTable[row] === 1);
    const isSafe = isInDataTable[row] === 1 || own.hasDataTable || isCloselyWithin(element, code);
    const isBeside = isForeign(element, own, strictness) || (!isSafe && isDoubtful(element, own, strictness));
    const parent = parents[row] ?? -1;
    const around = parent < 0 ? null : amounts[parent];
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

/** Of each row, as 1 or 0, whether it is in one of the parts, a table of data, or in such a table. */
function placesOf({ elements, parents }: ElementTable, parts: readonly number[]): Places {
  const isInside = new Uint8Array(elements.length);
  for (const part of parts) isInside[part] = 1;
  const isDataTable = new Uint8Array(elements.length);
  const isInDataTable = new Uint8Array(elements.length);
  for (const [row, element] of elements.entries()) {
    const parent = parents[row] ?? -1;
    if (parent >= 0 && isInside[parent] === 1) isInside[row] = 1;
    if (isInside[row] !== 1) continue;
    if (element.localName === 'table' && holdsData(element)) isDataTable[row] = 1;
    if (parent >= 0 && (isInDataTable[parent] === 1 || isDataTable[parent] === 1)) isInDataTable[row] = 1;
  }
  return { isInside, isDataTable, isInDataTable };
}

function ownAmounts({ characters, commas }: ElementTable, row: number): Amounts {
  return {
    characters: characters[row] ?? 0,
    commas: commas[row] ?? 0,
    linkedOut: 0,
    linkedWithin: 0,
    paragraphs: 0,
    images: 0,
    items: 0,
    inputs: 0,
    headings: 0,
    listed: 0,
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
    const isWithin = element.getAttribute('href')?.startsWith('#') === true;
    own.linkedWithin = isWithin ? own.characters : 0;
    own.linkedOut = isWithin ? 0 : own.characters;
  } else if (localName === 'ul' || localName === 'ol') own.listed += own.characters;
  else if (element.tag.isHeading) own.headings += own.characters;
  own.hasDataTable ||= isData;
}

function addUp(around: Amounts, element: SlimElement, below: Amounts): void {
  const { localName } = element;
  around.characters += below.characters;
  around.commas += below.commas;
  around.linkedOut += below.linkedOut;
  around.linkedWithin += below.linkedWithin;
  around.paragraphs += below.paragraphs + Number(isParagraph(localName, below));
  around.images += below.images + Number(localName === 'img');
  around.items += below.items + Number(localName === 'li');
  around.inputs += below.inputs + Number(localName === 'input');
  around.headings += below.headings;
  around.listed += below.listed;
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
  const linkedCharacters = amounts.linkedOut + amounts.linkedWithin * ownLinkShare;
  const linked = characters === 0 ? 0 : linkedCharacters / characters;
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
