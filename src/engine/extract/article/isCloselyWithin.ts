import type { SlimElement } from '../dom/slimElement';

/** A wrapper or two stand between. */
const mostLevels = 4;

/** Whether one of `names` is closely around an element. */
export function isCloselyWithin(element: SlimElement, names: ReadonlySet<string>): boolean {
  let up = element.parentElement;
  for (let level = 0; up && level < mostLevels; up = up.parentElement, level++) {
    if (names.has(up.localName)) return true;
  }
  return false;
}
