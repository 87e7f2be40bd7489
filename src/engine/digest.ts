import { createHash } from 'node:crypto';

/** A key, or a text, in eight bytes: a site has hundreds of thousands. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest().toString('latin1', 0, 8);
}
