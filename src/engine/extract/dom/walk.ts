import type { SlimChild } from './slimNode';
import type { SlimParent } from './slimParent';
import type { SlimElement } from './slimElement';
import { isElement, isText } from './nodeTypes';

/** The node after `node` in document order that is still below `root`. */
export function nextNode(node: SlimChild | SlimParent, root: SlimParent): SlimChild | null {
  if (!isText(node) && node.firstChild) return node.firstChild;
  return nextSkippingChildren(node, root);
}

/** As `nextNode`, leaving out what is inside `node`. */
export function nextSkippingChildren(node: SlimChild | SlimParent, root: SlimParent): SlimChild | null {
  let current: SlimChild | SlimParent | null = node;
  while (current && current !== root) {
    if (current.nextSibling) return current.nextSibling;
    current = current.parentNode;
  }
  return null;
}

/** The element after `node` in document order that is still below `root`. */
export function nextElement(node: SlimParent, root: SlimParent): SlimElement | null {
  let next: SlimChild | null = node.firstChild;
  let parent: SlimParent = node;
  for (;;) {
    for (; next; next = next.nextSibling) if (isElement(next)) return next;
    if (parent === root) return null;
    next = parent.nextSibling;
    if (!parent.parentNode) return null;
    parent = parent.parentNode;
  }
}
