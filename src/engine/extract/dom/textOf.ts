import type { SlimChild } from './slimNode';
import type { SlimParent } from './slimParent';
import { isText } from './nodeTypes';

/**
 * The text below `root`, kept in `cachedText` of every parent on the way: Readability asks for the
 * text of nested elements over and over. Iterative, because a page decides how deep it nests.
 */
export function textOf(root: SlimParent): string {
  let node = root;
  for (;;) {
    const unread = firstUnread(node.firstChild);
    if (unread) {
      node = unread;
      continue;
    }
    const text = joinChildren(node);
    if (node === root) return text;
    // Its parent is looked at again and moves on to the next unread child.
    node = firstUnread(node.nextSibling) ?? parentOf(node);
  }
}

function firstUnread(from: SlimChild | null): SlimParent | null {
  for (let node = from; node; node = node.nextSibling) {
    if (!isText(node) && node.cachedText === null) return node;
  }
  return null;
}

function joinChildren(parent: SlimParent): string {
  let text = '';
  for (let child = parent.firstChild; child; child = child.nextSibling) {
    text += isText(child) ? child.data : (child.cachedText ?? '');
  }
  parent.cachedText = text;
  return text;
}

function parentOf(node: SlimParent): SlimParent {
  if (!node.parentNode) throw new Error('A node was taken out of the tree while its text was read.');
  return node.parentNode;
}
