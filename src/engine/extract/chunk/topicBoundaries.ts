import type { Span } from './tokens';

export interface TopicRules {
  /** Sentences on each side that are compared. */
  windowSize: number;
  smoothingPasses: number;
}

const wordPattern = /[\p{L}\p{N}]{3,}/gu;

/**
 * Places between sentences where the words change most, as indexes of the sentences that begin anew: valleys in the
 * likeness of what stands before and after that are deeper than most (Hearst's TextTiling).
 */
export function topicBoundaries(text: string, sentences: readonly Span[], rules: TopicRules): Set<number> {
  const words = sentences.map(
    ({ start, end }) => text.slice(start, end).toLowerCase().match(wordPattern) ?? [],
  );
  let likeness: number[] = [];
  for (let at = 1; at < words.length; at++) {
    const before = countWords(words.slice(Math.max(0, at - rules.windowSize), at));
    const after = countWords(words.slice(at, at + rules.windowSize));
    likeness.push(cosine(before, after));
  }
  for (let pass = 0; pass < rules.smoothingPasses; pass++) likeness = smoothed(likeness);
  const depths = likeness.map((_, at) => depthAt(likeness, at));
  const mean = depths.reduce((sum, depth) => sum + depth, 0) / Math.max(1, depths.length);
  const variance = depths.reduce((sum, depth) => sum + (depth - mean) ** 2, 0) / Math.max(1, depths.length);
  const threshold = mean + Math.sqrt(variance) / 2;
  const boundaries = new Set<number>();
  depths.forEach((depth, at) => {
    const isPeak = depth >= (depths[at - 1] ?? 0) && depth > (depths[at + 1] ?? 0);
    if (depth > 0 && depth >= threshold && isPeak) boundaries.add(at + 1);
  });
  return boundaries;
}

function countWords(sentences: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function cosine(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [word, count] of left) product += count * (right.get(word) ?? 0);
  const length = (counts: ReadonlyMap<string, number>): number =>
    Math.sqrt([...counts.values()].reduce((sum, count) => sum + count * count, 0));
  const lengths = length(left) * length(right);
  return lengths === 0 ? 0 : product / lengths;
}

function smoothed(values: readonly number[]): number[] {
  return values.map((value, at) => ((values[at - 1] ?? value) + value + (values[at + 1] ?? value)) / 3);
}

/** How far it is down from the nearest peak on either side. */
function depthAt(values: readonly number[], at: number): number {
  const here = values[at] ?? 0;
  return climb(values, at, -1) + climb(values, at, 1) - 2 * here;
}

function climb(values: readonly number[], from: number, step: -1 | 1): number {
  let peak = values[from] ?? 0;
  for (let at = from + step; (values[at] ?? -1) >= peak; at += step) peak = values[at] ?? peak;
  return peak;
}
