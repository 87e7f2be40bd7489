/** A character of a script without spaces, a word, or any other sign. */
const tokenPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{N}\p{M}_]+|[^\s]/gu;
const charactersPerToken = 4;

/** A piece of a text that is never cut; offsets are in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
  /** What language models would count for it, by rule of thumb. */
  cost: number;
}

/** The words of a text and what they cost. A longer word than `maxCost` allows is cut. */
export function tokenSpans(text: string, maxCost: number): Span[] {
  const spans: Span[] = [];
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    const longest = maxCost * charactersPerToken;
    for (let at = 0; at < token.length; at += longest) {
      const length = Math.min(longest, token.length - at);
      spans.push({
        start: index + at,
        end: index + at + length,
        cost: Math.ceil(length / charactersPerToken),
      });
    }
  }
  return spans;
}

export function costOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { cost }) => sum + cost, 0);
}
