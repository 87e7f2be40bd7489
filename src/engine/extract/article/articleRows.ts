import { tagSet } from '../dom/tags';
import { linkShare, type Candidates } from './candidates';

/** Others as good as the best are told from the best by this share of its points. */
const nearlyAsGood = 0.75;
const minRivals = 3;
const mostCompared = 5;
/** A parent with less than this share of the best's points is not looked at. */
const leastOfParent = 1 / 3;
/** As a share of the best's points. */
const leastOfKind = 0.4;
const siblingShare = 0.2;
const minSiblingPoints = 10;
const longParagraph = 68;
const listTags = tagSet('ul ol dl li dd blockquote pre');

/**
 * The rows that make the article: the best candidate, and of its siblings those that belong to it. Row 0, all of it,
 * where no candidate is found.
 */
export function articleRows(candidates: Candidates): number[] {
  const best = bestRow(candidates);
  return best <= 0 ? [0] : withSiblings(candidates, best);
}

function bestRow(candidates: Candidates): number {
  const { table, points } = candidates;
  const { elements, parents, childCounts } = table;
  const known = [...points.keys()].filter((row) => !Number.isNaN(points[row]));
  const ranked = known.sort((a, b) => (points[b] ?? 0) - (points[a] ?? 0)).slice(0, mostCompared);
  const [best = 0, ...next] = ranked;
  const rivals = next.filter((row) => (points[row] ?? 0) >= (points[best] ?? 0) * nearlyAsGood);
  const lines = rivals.map((rival) => new Set(ancestors(parents, rival)));
  const common = ancestors(parents, best).find(
    (up) => up > 0 && lines.filter((line) => line.has(up)).length >= minRivals,
  );
  let row = climbed(parents, points, common ?? aroundItsLike(candidates, known, best));
  // With what leads to it, and comes after it.
  while (row > 0 && listTags.has(elements[row]?.localName ?? '')) row = parents[row] ?? 0;
  // Alone in its parent, it is that parent, which may have siblings.
  for (let up = parents[row] ?? 0; up > 0 && childCounts[up] === 1; up = parents[up] ?? 0) row = up;
  return row;
}

/** What is around the best and all of its kind: an article may be cut into pieces, each in wrappers of its own. */
function aroundItsLike({ table, points }: Candidates, known: readonly number[], best: number): number {
  const { elements, parents } = table;
  const kind = elements[best]?.className ?? '';
  if (kind === '') return best;
  const least = (points[best] ?? 0) * leastOfKind;
  const alike = known.filter((row) => (points[row] ?? 0) >= least && elements[row]?.className === kind);
  const lines = alike.map((row) => new Set([row, ...ancestors(parents, row)]));
  const around = [best, ...ancestors(parents, best)].find((up) => lines.every((line) => line.has(up)));
  return around === undefined || around <= 0 ? best : around;
}

/** Up as long as that gains points: an article may be spread over the children of one that has fewer paragraphs itself. */
function climbed(parents: number[], points: Float64Array, from: number): number {
  const least = (points[from] ?? 0) * leastOfParent;
  let last = points[from] ?? 0;
  for (let up = parents[from] ?? 0; up > 0; up = parents[up] ?? 0) {
    const ofParent = points[up] ?? Number.NaN;
    if (Number.isNaN(ofParent)) continue;
    if (ofParent < least) break;
    if (ofParent > last) return up;
    last = ofParent;
  }
  return from;
}

function withSiblings(candidates: Candidates, best: number): number[] {
  const { table, points, characters } = candidates;
  const { elements, parents } = table;
  const bestPoints = points[best] ?? 0;
  const bestClass = elements[best]?.className ?? '';
  const least = Math.max(minSiblingPoints, bestPoints * siblingShare);
  const belongs = (row: number): boolean => {
    const element = elements[row];
    if (row === best || !element) return row === best;
    const bonus = bestClass !== '' && element.className === bestClass ? bestPoints * siblingShare : 0;
    if ((points[row] ?? 0) + bonus >= least) return true;
    if (element.localName !== 'p') return false;
    const length = characters[row] ?? 0;
    const linked = linkShare(candidates, row);
    if (length > longParagraph) return linked < 0.25;
    return length > 0 && linked === 0 && /\.(?: |$)/.test(element.textContent);
  };
  return [...parents.keys()].filter((row) => parents[row] === parents[best] && belongs(row));
}

function ancestors(parents: number[], row: number): number[] {
  const up: number[] = [];
  for (let parent = parents[row] ?? -1; parent >= 0; parent = parents[parent] ?? -1) up.push(parent);
  return up;
}
