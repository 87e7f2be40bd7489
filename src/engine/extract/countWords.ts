/** Scripts that put no space between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}ー々]/u;
const wordCharacter = /[\p{L}\p{N}]/u;
/** Between two characters of a word. */
const joiners = new Set(["'", '’', '.', '-'].map((joiner) => joiner.charCodeAt(0)));

/** Segmenting is slow, so a long text is counted by its beginning. */
const maxSegmented = 50_000;

const other = 1;
const ofWord = 2;
const ofUnspaced = 3;
/** Of each character up to U+FFFF that was met, which of the three it is. */
const kinds = new Uint8Array(0x10000);

/** How many words a text has, in any script. */
export function countWords(text: string): number {
  let words = 0;
  let segmented = 0;
  let isInWord = false;
  for (let at = 0; at < text.length; at += 1) {
    const known = kinds[text.charCodeAt(at)] ?? 0;
    const kind = known === 0 ? kindAt(text, at) : known;
    if (kind === ofWord) {
      if (!isInWord) words += 1;
      isInWord = true;
      continue;
    }
    if (kind === ofUnspaced) segmented += 1;
    isInWord = isInWord && joiners.has(text.charCodeAt(at)) && kindAt(text, at + 1) === ofWord;
  }
  return segmented === 0 ? words : words + countUnspaced(text, segmented);
}

function kindAt(text: string, at: number): number {
  // To read behind the end has what is compiled of this thrown away.
  if (at >= text.length) return other;
  const unit = text.charCodeAt(at);
  // The second half of a pair is what the first is.
  const start = unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
  const isPair = start < at || (unit >= 0xd800 && unit <= 0xdbff);
  if (isPair) return kindOf(String.fromCodePoint(text.codePointAt(start) ?? 0));
  return (kinds[unit] ||= kindOf(String.fromCharCode(unit)));
}

function kindOf(character: string): number {
  if (unspaced.test(character)) return ofUnspaced;
  return wordCharacter.test(character) ? ofWord : other;
}

function countUnspaced(text: string, length: number): number {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  let words = 0;
  let counted = 0;
  for (const [run] of text.matchAll(new RegExp(`${unspaced.source}+`, 'gu'))) {
    for (const { isWordLike } of segmenter.segment(run.slice(0, maxSegmented))) if (isWordLike) words += 1;
    counted += Math.min(run.length, maxSegmented);
    if (counted >= maxSegmented) break;
  }
  return Math.round((words * length) / counted);
}
