import type { SlimChild } from './slimNode';
import type { SlimParent } from './slimParent';
import { isElement, isText } from './nodeTypes';

/** How much text there is below an element, in characters. */
export interface TextMeasures {
  all: number;
  /** Those that are not white space. */
  visible: number;
  /** Visible ones inside links to elsewhere. */
  linked: number;
}

/**
 * The measures of the text below `root`, kept in `cachedMeasures` of every parent on the way: those of nested elements
 * are asked for over and over. Iterative, because a page decides how deep it nests.
 */
export function measuresOf(root: SlimParent): TextMeasures {
  let node = root;
  for (;;) {
    const unmeasured = firstUnmeasured(node.firstChild);
    if (unmeasured) {
      node = unmeasured;
      continue;
    }
    const measures = sumOf(node);
    node.cachedMeasures = measures;
    if (node === root) return measures;
    // Its parent is looked at again and moves on to the next child.
    node = firstUnmeasured(node.nextSibling) ?? parentOf(node);
  }
}

function firstUnmeasured(from: SlimChild | null): SlimParent | null {
  for (let node = from; node; node = node.nextSibling) {
    if (!isText(node) && node.cachedMeasures === null) return node;
  }
  return null;
}

function sumOf(parent: SlimParent): TextMeasures {
  const sum = { all: 0, visible: 0, linked: 0 };
  for (let child = parent.firstChild; child; child = child.nextSibling) {
    if (isText(child)) {
      sum.all += child.data.length;
      sum.visible += visibleLength(child.data);
    } else if (child.cachedMeasures) {
      const { all, visible, linked } = child.cachedMeasures;
      sum.all += all;
      sum.visible += visible;
      sum.linked += linked;
    }
  }
  if (isElement(parent) && parent.localName === 'a') {
    const href = parent.getAttribute('href');
    if (href && !href.startsWith('#')) sum.linked = sum.visible;
  }
  return sum;
}

/** Characters that are not white space. */
export function visibleLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    // Everything a page uses for layout lies at or below U+0020, but for the hard space.
    const code = text.charCodeAt(i);
    if (code > 32 && code !== 160) length += 1;
  }
  return length;
}

function parentOf(node: SlimParent): SlimParent {
  if (!node.parentNode) throw new Error('A node was taken out of the tree while its text was measured.');
  return node.parentNode;
}
