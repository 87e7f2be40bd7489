/**
 * One path pattern of a robots.txt. `*` stands for any run of characters and a final `$` for the end of the path;
 * everything else is a prefix. Matching takes each piece at its first place, so no pattern can make it backtrack.
 */
export class RobotsPattern {
  /** The more octets, the more specific (RFC 9309, 2.2.2). */
  readonly length: number;
  private readonly pieces: readonly string[];
  private readonly isAnchored: boolean;

  constructor(pattern: string) {
    this.isAnchored = pattern.endsWith('$');
    const path = normalisePath(this.isAnchored ? pattern.slice(0, -1) : pattern);
    this.length = path.length + (this.isAnchored ? 1 : 0);
    this.pieces = path.split(/\*+/);
  }

  /** @param path As {@link normalisePath} gives it. */
  matches(path: string): boolean {
    const [first = '', ...others] = this.pieces;
    if (!path.startsWith(first)) return false;
    let end = first.length;
    const last = this.isAnchored ? others.pop() : undefined;
    for (const piece of others) {
      const start = path.indexOf(piece, end);
      if (start < 0) return false;
      end = start + piece.length;
    }
    if (!this.isAnchored) return true;
    if (last === undefined) return path.length === end;
    return path.length - last.length >= end && path.endsWith(last);
  }
}

/**
 * Brings spellings of one path together as RFC 9309 asks: octets beyond ASCII encoded, encoded unreserved
 * characters bare, hex digits in capitals. In a query, `:`, `/`, `?` and `@` separate nothing (RFC 3986, 3.4), so
 * there the encoded form is the same as the bare one.
 *
 * @param path One character for each octet.
 */
export function normalisePath(path: string): string {
  if (!/[%\x00-\x1f\x7f-\xff]/.test(path)) return path;
  const encoded = path.replace(/[^\x20-\x7e]/g, (octet) => percentEncode(octet));
  const decode = (part: string, bare: RegExp): string =>
    part.replace(/%[0-9a-f]{2}/gi, (escape) => {
      const character = String.fromCharCode(parseInt(escape.slice(1), 16));
      return bare.test(character) ? character : escape.toUpperCase();
    });
  const queryAt = encoded.indexOf('?');
  if (queryAt < 0) return decode(encoded, /[\w.~-]/);
  return decode(encoded.slice(0, queryAt), /[\w.~-]/) + decode(encoded.slice(queryAt), /[\w.~:/?@-]/);
}

function percentEncode(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
