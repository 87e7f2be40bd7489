import { elementType, isElement, textType } from './nodeTypes';
import type { SlimElement } from './slimElement';
import type { SlimParent } from './slimParent';
import type { SlimText } from './slimText';

export type SlimChild = SlimElement | SlimText;

/**
 * The part of the DOM that Readability touches, and no more: linked-list children, no live
 * collections, no comments. A full DOM costs three to thirteen times as much per page.
 */
abstract class SlimNode {
  abstract readonly nodeType: number;
  abstract readonly nodeName: string;

  // Getters, here and below: a field would cost every one of a page's nodes its room.
  get ELEMENT_NODE(): number {
    return elementType;
  }

  get TEXT_NODE(): number {
    return textType;
  }
}

export abstract class SlimLinked extends SlimNode {
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

  get previousElementSibling(): SlimElement | null {
    let node = this.previousSibling;
    while (node && !isElement(node)) node = node.previousSibling;
    return node;
  }
}
