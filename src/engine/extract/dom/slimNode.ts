import { isElement } from './nodeTypes';
import type { SlimElement } from './slimElement';
import type { SlimParent } from './slimParent';
import type { SlimText } from './slimText';

export type SlimChild = SlimElement | SlimText;

/**
 * The little of a DOM that reading a page takes: linked-list children, no live collections, no comments. A full DOM
 * costs three to thirteen times as much per page.
 */
export abstract class SlimLinked {
  abstract readonly nodeType: number;
  parentNode: SlimParent | null = null;
  previousSibling: SlimChild | null = null;
  nextSibling: SlimChild | null = null;

  get parentElement(): SlimElement | null {
    const parent = this.parentNode;
    return parent && isElement(parent) ? parent : null;
  }

  get nextElementSibling(): SlimElement | null {
    let node = this.nextSibling;
    while (node && !isElement(node)) node = node.nextSibling;
    return node;
  }
}
