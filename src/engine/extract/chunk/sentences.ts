import type { Span } from './tokens';

/** Signs that end a sentence in the more common scripts, with what closes after them. */
const sentenceEnd = /[.!?…。！？｡।؟۔։።]["'”’»）)\]」』]*$/u;
/** After these a full stop ends no sentence. */
const abbreviation =
  /(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|al|Fig|fig|No|no|Vol|vol|pp?|approx|bzw|z\. ?B|u\. ?a|Nr|ca|Abs)\.$/;

/** Joins words into sentences; a blank line ends one as well. */
export function sentenceSpans(text: string, tokens: readonly Span[]): Span[] {
  const sentences: Span[] = [];
  let first = 0;
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    const gap = next ? text.slice(token.end, next.start) : '';
    if (next && !endsSentence(text, token.end, gap)) return;
    const start = tokens[first]?.start ?? token.start;
    let cost = 0;
    for (let i = first; i <= at; i++) cost += tokens[i]?.cost ?? 0;
    sentences.push({ start, end: token.end, cost });
    first = at + 1;
  });
  return sentences;
}

function endsSentence(text: string, end: number, gap: string): boolean {
  if (/\n\s*\n/.test(gap)) return true;
  const before = text.slice(Math.max(0, end - 12), end);
  if (!sentenceEnd.test(before)) return false;
  // Scripts without spaces need none after a full stop of their own.
  return /[。！？｡]/u.test(before.slice(-2)) || (gap !== '' && !abbreviation.test(before));
}
