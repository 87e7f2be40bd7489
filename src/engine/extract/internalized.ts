/**
 * The one object that all literals of this spelling are, as which a text is the key of an object. A slice of a page has the
 * whole page kept for as long as it is; this has not.
 */
export function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
