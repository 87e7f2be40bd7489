/**
 * One path pattern of a robots.txt. `*` stands for any run of characters and a final `$` for the end of the path;
 * everything else is a prefix. Matching takes each piece at its first place and looks at no character of the path more than
 * twice, so no pattern can make it slow.
 */
export class RobotsPattern {
  /** The more octets, the more specific (RFC 9309, 2.2.2). */
  readonly length: number;
  private readonly pieces: readonly string[];
  private readonly isAnchored: boolean;
  /** A path that is shorter need not be looked at. */
  private readonly leastLength: number;

  constructor(pattern: string) {
    this.isAnchored = pattern.endsWith('$');
    const path = normalisePath(this.isAnchored ? pattern.slice(0, -1) : pattern);
    this.length = path.length + (this.isAnchored ? 1 : 0);
    this.pieces = path.split(/\*+/);
    this.leastLength = this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  get hasWildcard(): boolean {
    return this.pieces.length > 1;
  }

  /** @param path As {@link matchablePath} gives it. */
  matches(path: string): boolean {
    const [first = '', ...others] = this.pieces;
    if (path.length < this.leastLength || !path.startsWith(first)) return false;
    let end = first.length;
    const last = this.isAnchored ? others.pop() : undefined;
    for (const piece of others) {
      end = endOfFirst(piece, path, end);
      if (end < 0) return false;
    }
    if (!this.isAnchored) return true;
    if (last === undefined) return path.length === end;
    return path.length - last.length >= end && path.endsWith(last);
  }
}

/** The path of an address; what is special in a rule stands for itself there, as its escape does in a rule (RFC 9309, 2.2.3). */
export function matchablePath(path: string): string {
  return normalisePath(path).replaceAll('*', '%2A');
}

/**
 * Where the first `piece` in `path` from `start` on ends; -1 when there is none. By Knuth, Morris and Pratt, since what the
 * language brings takes the product of both lengths for some, and a hostile file has many of those.
 */
function endOfFirst(piece: string, path: string, start: number): number {
  if (piece.length < 2) {
    const at = path.indexOf(piece, start);
    return at < 0 ? at : at + piece.length;
  }
  if (path.length - start < piece.length) return -1;
  const borders = bordersOf(piece);
  let matched = 0;
  for (let at = start; at < path.length; at++) {
    const code = path.charCodeAt(at);
    while (matched > 0 && piece.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
    if (piece.charCodeAt(matched) === code) matched++;
    if (matched === piece.length) return at + 1;
  }
  return -1;
}

/** For each beginning of `piece`, how long the longest other beginning is that it ends with. */
function bordersOf(piece: string): Uint16Array {
  const borders = new Uint16Array(piece.length);
  let length = 0;
  for (let at = 1; at < piece.length; at++) {
    const code = piece.charCodeAt(at);
    while (length > 0 && piece.charCodeAt(length) !== code) length = borders[length - 1] ?? 0;
    if (piece.charCodeAt(length) === code) length++;
    borders[at] = length;
  }
  return borders;
}

/**
 * Brings spellings of one path together as RFC 9309 asks: octets that no URI can have bare encoded, encoded unreserved
 * characters bare, a dollar that ends nothing encoded, hex digits in capitals. In a query, `:`, `/`, `?` and `@` separate nothing (RFC 3986, 3.4), so
 * there the encoded form is the same as the bare one.
 *
 * @param path One character for each octet.
 */
function normalisePath(path: string): string {
  if (!/[%$\x00-\x20"<>\\^`{|}\x7f-\xff]/.test(path)) return path;
  const encoded = path.replace(/[$\x00-\x20"<>\\^`{|}\x7f-\xff]/g, (octet) => percentEncode(octet));
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
