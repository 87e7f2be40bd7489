/** Scripts that put no space between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}ー々]+/gu;
const spaced = /[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu;

/** Segmenting is slow, so a long text is counted by its beginning. */
const maxSegmented = 50_000;

/** How many words a text has, in any script. */
export function countWords(text: string): number {
  let segmented = 0;
  const rest = text.replace(unspaced, (run) => {
    segmented += run.length;
    return ' ';
  });
  const words = countMatches(rest, spaced);
  return segmented === 0 ? words : words + countUnspaced(text, segmented);
}

function countUnspaced(text: string, length: number): number {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  let words = 0;
  let counted = 0;
  for (const [run] of text.matchAll(unspaced)) {
    for (const { isWordLike } of segmenter.segment(run.slice(0, maxSegmented))) if (isWordLike) words += 1;
    counted += Math.min(run.length, maxSegmented);
    if (counted >= maxSegmented) break;
  }
  return Math.round((words * length) / counted);
}

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
}
