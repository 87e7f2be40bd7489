import type { SlimDocument } from './dom/slimDocument';
import type { SlimChild } from './dom/slimNode';
import { isText } from './dom/nodeTypes';

const maxElements = 50_000;
const maxSiblings = 8_000;
const maxNestedCharacters = 60_000_000;

/**
 * Whether Readability can be let loose on a page: it reads the text of every nested element, and
 * each row of siblings, again and again, so that its time grows with the square of either.
 */
export function isWithinReadersReach(document: SlimDocument): boolean {
  let elements = 0;
  /** Characters times the elements they are inside of. */
  let nestedCharacters = 0;
  const siblings = [0];
  let node: SlimChild | null = document.firstChild;
  while (node) {
    const depth: number = siblings.length;
    const position = (siblings[depth - 1] ?? 0) + 1;
    siblings[depth - 1] = position;
    if (isText(node)) nestedCharacters += node.data.length * depth;
    else elements += 1;
    if (elements > maxElements || position > maxSiblings || nestedCharacters > maxNestedCharacters)
      return false;
    if (!isText(node) && node.firstChild) {
      siblings.push(0);
      node = node.firstChild;
      continue;
    }
    let last: SlimChild = node;
    while (!last.nextSibling && last.parentElement) {
      siblings.pop();
      last = last.parentElement;
    }
    node = last.nextSibling;
  }
  return true;
}
