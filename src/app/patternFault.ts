/** What is wrong with a pattern of `include` or `exclude`. */
export type PatternFault = { pattern: string } & (
  | { kind: 'too-long'; maxLength: number }
  /** `at` is the place of its first character in the pattern, from 1. */
  | { kind: 'open-brace' | 'look-around' | 'back-reference'; at: number }
  | { kind: 'no-expression'; message: string }
);

const maxLength = 1_000;

const lookAround = /\(\?(?:<?[=!])/;
const backReference = /\\(?:[1-9]|k<)/;

/** What the engine's expressions have and the editor's have not, or the other way round. */
const dialect = /\(\?(?:P<|[a-zA-Z-]+[:)])|\\[AzQEpPC]|\[:\^?\w+:\]/;

/**
 * The first fault that can be told before a crawl begins. The engine has the last word: it also refuses a few patterns that
 * have none here.
 */
export function findPatternFault(patterns: readonly string[]): PatternFault | null {
  for (const pattern of patterns) {
    const fault = faultOf(pattern);
    if (fault) return fault;
  }
  return null;
}

function faultOf(pattern: string): PatternFault | null {
  if (pattern.length > maxLength) return { kind: 'too-long', pattern, maxLength };
  return pattern.startsWith('re:') ? expressionFault(pattern) : globFault(pattern);
}

function globFault(pattern: string): PatternFault | null {
  const open: number[] = [];
  for (const { 0: part, index } of pattern.matchAll(/\\.|\[!?[^\]]+\]|[{}]/gu)) {
    if (part === '{') open.push(index);
    else if (part === '}') open.pop();
  }
  const [first] = open;
  return first === undefined ? null : { kind: 'open-brace', pattern, at: first + 1 };
}

function expressionFault(pattern: string): PatternFault | null {
  // What is escaped or in a set stands for itself; the length stays, for the sake of the places.
  const plain = pattern.replace(/\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/g, (part) => '_'.repeat(part.length));
  for (const [kind, sign] of [
    ['look-around', lookAround],
    ['back-reference', backReference],
  ] as const) {
    const at = plain.search(sign);
    if (at >= 0) return { kind, pattern, at: at + 1 };
  }
  if (dialect.test(pattern)) return null;
  try {
    new RegExp(pattern.slice('re:'.length));
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'no-expression', pattern, message: message.replace(/^.*: /s, '') };
  }
}
