import { blockTags, tagSet } from '../dom/tags';
import type { ElementTable } from './elementTable';
import { nameWeight } from './nameWeights';
import { partTags } from './partTags';

const paragraphTags = tagSet('section h2 h3 h4 h5 h6 p td pre');
const minParagraph = 21;
/** How far up a paragraph counts. */
const maxLevels = 5;
/** A link within the page says less about where a text leads. */
export const ownLinkShare = 0.3;

const tagPoints = new Map<string, number>([
  ['div', 5],
  ...[...tagSet('pre td blockquote')].map((name) => [name, 3] as const),
  ...[...tagSet('address ol ul dl dd dt li form')].map((name) => [name, -3] as const),
  ...[...tagSet('h1 h2 h3 h4 h5 h6 th')].map((name) => [name, -5] as const),
]);

/** Rows of a table, by how much they look like an article. */
export interface Candidates {
  table: ElementTable;
  /** Sums over all that is below. */
  characters: number[];
  linked: Float64Array;
  /** NaN where no paragraph is near. */
  points: Float64Array;
}

/** Gives points to what holds paragraphs: for their length and commas, less from level to level, less where links are. */
export function findCandidates(table: ElementTable, usesNames: boolean): Candidates {
  const { elements, parents } = table;
  const characters = [...table.characters];
  const commas = [...table.commas];
  const linked = new Float64Array(elements.length);
  const points = new Float64Array(elements.length).fill(Number.NaN);
  const hasParts = elements.map(() => false);
  /** Text of a `div` that stands between its parts. */
  const loose = [...characters];
  const looseCommas = [...commas];

  const pointsOf = (row: number): number => {
    const before = points[row] ?? 0;
    const element = elements[row];
    if (!Number.isNaN(before) || !element) return before;
    const { localName, className, id } = element;
    return (tagPoints.get(localName) ?? 0) + (usesNames ? nameWeight(className, id) : 0);
  };
  const score = (nearest: number, length: number, commaCount: number): void => {
    if (length < minParagraph) return;
    const gained = 2 + commaCount + Math.min(Math.floor(length / 85), 3);
    let row = nearest;
    for (let level = 0; level < maxLevels && row >= 0; level++) {
      points[row] = pointsOf(row) + gained / (level === 0 ? 1 : level === 1 ? 2 : level * 3);
      row = parents[row] ?? -1;
    }
  };

  for (let row = elements.length - 1; row > 0; row--) {
    const element = elements[row];
    if (!element) continue;
    const { localName } = element;
    const parent = parents[row] ?? 0;
    const length = characters[row] ?? 0;
    const commaCount = commas[row] ?? 0;
    if (localName === 'a')
      linked[row] = length * (element.getAttribute('href')?.startsWith('#') ? ownLinkShare : 1);
    add(characters, parent, length);
    add(commas, parent, commaCount);
    add(linked, parent, linked[row] ?? 0);
    if (partTags.has(localName) || hasParts[row]) {
      hasParts[parent] = true;
    } else if (!blockTags.has(localName)) {
      add(loose, parent, length);
      add(looseCommas, parent, commaCount);
    }
    if (localName === 'div' && hasParts[row]) score(row, loose[row] ?? 0, looseCommas[row] ?? 0);
    else if (localName === 'div' || paragraphTags.has(localName)) score(parent, length, commaCount);
  }
  for (const row of points.keys()) points[row] = (points[row] ?? 0) * (1 - density(linked, characters, row));
  return { table, characters, linked, points };
}

/** Share of the text of a row that is in links. */
export function linkShare({ linked, characters }: Candidates, row: number): number {
  return density(linked, characters, row);
}

function density(linked: Float64Array, characters: number[], row: number): number {
  const all = characters[row] ?? 0;
  return all === 0 ? 0 : (linked[row] ?? 0) / all;
}

function add(column: number[] | Float64Array, row: number, amount: number): void {
  column[row] = (column[row] ?? 0) + amount;
}
