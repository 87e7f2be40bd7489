import { isElement } from './nodeTypes';
import { serializeChildren } from './serialize';
import type { SlimDocument } from './slimDocument';
import type { SlimElement } from './slimElement';
import { SlimLinked, type SlimChild } from './slimNode';
import { SlimText } from './slimText';
import { textOf } from './textOf';
import { nextNode } from './walk';

/** A node that has children. */
export abstract class SlimParent extends SlimLinked {
  firstChild: SlimChild | null = null;
  lastChild: SlimChild | null = null;
  /** `textContent` as last read; dropped here and in every ancestor when something below changes. */
  cachedText: string | null = null;
  abstract readonly ownerDocument: SlimDocument;

  get childNodes(): SlimChild[] {
    const nodes: SlimChild[] = [];
    for (let child = this.firstChild; child; child = child.nextSibling) nodes.push(child);
    return nodes;
  }

  get children(): SlimElement[] {
    const elements: SlimElement[] = [];
    for (let child = this.firstChild; child; child = child.nextSibling) {
      if (isElement(child)) elements.push(child);
    }
    return elements;
  }

  get firstElementChild(): SlimElement | null {
    const first = this.firstChild;
    return !first || isElement(first) ? first : first.nextElementSibling;
  }

  get lastElementChild(): SlimElement | null {
    const last = this.lastChild;
    return !last || isElement(last) ? last : last.previousElementSibling;
  }

  appendChild<Node extends SlimChild>(node: Node): Node {
    return this.insertBefore(node, null);
  }

  insertBefore<Node extends SlimChild>(node: Node, before: SlimChild | null): Node {
    node.parentNode?.removeChild(node);
    const after = before ? before.previousSibling : this.lastChild;
    node.parentNode = this;
    node.previousSibling = after;
    node.nextSibling = before;
    if (after) after.nextSibling = node;
    else this.firstChild = node;
    if (before) before.previousSibling = node;
    else this.lastChild = node;
    forgetText(this);
    return node;
  }

  removeChild<Node extends SlimChild>(node: Node): Node {
    const { previousSibling, nextSibling } = node;
    if (previousSibling) previousSibling.nextSibling = nextSibling;
    else this.firstChild = nextSibling;
    if (nextSibling) nextSibling.previousSibling = previousSibling;
    else this.lastChild = previousSibling;
    node.parentNode = null;
    node.previousSibling = null;
    node.nextSibling = null;
    forgetText(this);
    return node;
  }

  replaceChild<Node extends SlimChild>(node: SlimChild, old: Node): Node {
    // The new node may be inside the old one, or its neighbour, so its place is marked first.
    const next = old.nextSibling === node ? node.nextSibling : old.nextSibling;
    this.removeChild(old);
    this.insertBefore(node, next);
    return old;
  }

  get textContent(): string {
    return this.cachedText ?? textOf(this);
  }

  set textContent(text: string) {
    this.clear();
    if (text) this.appendChild(new SlimText(text));
  }

  get innerHTML(): string {
    return serializeChildren(this);
  }

  set innerHTML(html: string) {
    this.clear();
    this.ownerDocument.parseInto(html, this);
    forgetText(this);
  }

  getElementsByTagName(name: string): SlimElement[] {
    return this.select(name === '*' ? () => true : (element) => element.localName === name.toLowerCase());
  }

  /** Tag names separated by commas; no other selector. */
  querySelectorAll(tagNames: string): SlimElement[] {
    const names = new Set(tagNames.split(',').map((name) => name.trim().toLowerCase()));
    return this.select((element) => names.has(element.localName));
  }

  getElementById(id: string): SlimElement | null {
    return this.find((element) => element.id === id);
  }

  /** Every element below, in document order, that `accepts`. */
  select(accepts: (element: SlimElement) => boolean): SlimElement[] {
    const found: SlimElement[] = [];
    for (let node = nextNode(this, this); node; node = nextNode(node, this)) {
      if (isElement(node) && accepts(node)) found.push(node);
    }
    return found;
  }

  find(accepts: (element: SlimElement) => boolean): SlimElement | null {
    for (let node = nextNode(this, this); node; node = nextNode(node, this)) {
      if (isElement(node) && accepts(node)) return node;
    }
    return null;
  }

  private clear(): void {
    while (this.firstChild) this.removeChild(this.firstChild);
  }
}

/** An element without a cached text has no ancestor with one, so the way up ends there. */
function forgetText(from: SlimParent): void {
  let node: SlimParent | null = from;
  while (node && node.cachedText !== null) {
    node.cachedText = null;
    node = node.parentNode;
  }
}
