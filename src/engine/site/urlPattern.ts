import { RE2JS, RE2JSException } from 're2js';

const maxPatternLength = 1_000;
/** What counted repetitions may add to a pattern: each URL costs its length times the size of what it is matched with. */
const maxRepeated = 500;

/** A pattern of `include` or `exclude` that cannot be used; the message names it. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * Reads a glob, or after `re:` a regular expression that is looked for anywhere in the URL. Both are matched in time
 * linear to the URL's length, so that none can hold the engine up; look-around and back-references are not to be had.
 *
 * @throws {PatternError}
 */
export function readPattern(pattern: string): (url: string) => boolean {
  if (pattern.length > maxPatternLength) {
    throw new PatternError(
      `The pattern "${pattern.slice(0, 80)}…" is longer than ${maxPatternLength} characters`,
    );
  }
  const source = pattern.startsWith('re:') ? pattern.slice(3) : `^(?:${globSource(pattern)})$`;
  const expression = compile(source, pattern);
  if (expression.programSize() > source.length + maxRepeated) {
    throw new PatternError(
      `The pattern "${pattern}" cannot be used: it repeats too much. Make the counts in {} smaller, or use * or +`,
    );
  }
  return (url) => expression.test(url);
}

function compile(source: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternError(`The pattern "${pattern}" cannot be used: ${error.message}`);
  }
}

/** `*` and `?` stand for anything but a slash, `**` for anything; `{a,b}` and `[abc]` as in every glob. */
function globSource(glob: string): string {
  let depth = 0;
  const source = glob.replace(/\\.|\*\*\/|\*+|\[!?[^\]]+\]|[^]/gu, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        depth += 1;
        return '(?:';
      case '}':
        if (depth === 0) return '\\}';
        depth -= 1;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      default:
        if (part.startsWith('**')) return '.*';
        if (part.startsWith('[') && part.length > 1) return setSource(part);
        return RE2JS.quote(part.length === 2 && part.startsWith('\\') ? part.slice(1) : part);
    }
  });
  if (depth > 0) throw new PatternError(`The pattern "${glob}" cannot be used: a { is never closed`);
  return source;
}

function setSource(set: string): string {
  const isNegated = set.startsWith('[!');
  const members = set.slice(isNegated ? 2 : 1, -1).replace(/[\\^[]/g, '\\$&');
  return `[${isNegated ? '^' : ''}${members}]`;
}
