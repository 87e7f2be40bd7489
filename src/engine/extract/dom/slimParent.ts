import { isElement, isText } from './nodeTypes';
import { serializeChildren } from './serialize';
import type { SlimDocument } from './slimDocument';
import type { SlimElement } from './slimElement';
import { SlimLinked, type SlimChild } from './slimNode';
import { SlimText } from './slimText';
import { measuresOf, type TextMeasures } from './textMeasures';
import { nextElement, nextNode } from './walk';

/** A node that has children. */
export abstract class SlimParent extends SlimLinked {
  firstChild: SlimChild | null = null;
  lastChild: SlimChild | null = null;
  /** As last taken; dropped here and in every ancestor when something below changes. */
  cachedMeasures: TextMeasures | null = null;
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

  appendChild<Node extends SlimChild>(node: Node): Node {
    return this.insertBefore(node, null);
  }

  insertBefore<Node extends SlimChild>(node: Node, before: SlimChild | null): Node {
    this.ownerDocument.noteMove();
    node.parentNode?.removeChild(node);
    const after = before ? before.previousSibling : this.lastChild;
    node.parentNode = this;
    node.previousSibling = after;
    node.nextSibling = before;
    if (after) after.nextSibling = node;
    else this.firstChild = node;
    if (before) before.previousSibling = node;
    else this.lastChild = node;
    forgetMeasures(this);
    return node;
  }

  removeChild<Node extends SlimChild>(node: Node): Node {
    this.ownerDocument.noteMove();
    const { previousSibling, nextSibling } = node;
    if (previousSibling) previousSibling.nextSibling = nextSibling;
    else this.firstChild = nextSibling;
    if (nextSibling) nextSibling.previousSibling = previousSibling;
    else this.lastChild = previousSibling;
    node.parentNode = null;
    node.previousSibling = null;
    node.nextSibling = null;
    forgetMeasures(this);
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
    let text = '';
    for (let node = nextNode(this, this); node; node = nextNode(node, this))
      if (isText(node)) text += node.data;
    return text;
  }

  set textContent(text: string) {
    this.clear();
    if (text) this.appendChild(new SlimText(text));
  }

  get measures(): TextMeasures {
    return this.cachedMeasures ?? measuresOf(this);
  }

  get innerHTML(): string {
    return serializeChildren(this);
  }

  /** @param name in lower case. */
  getElementsByTagName(name: string): readonly SlimElement[] {
    return this.ownerDocument.has(name) ? this.select((element) => element.localName === name) : [];
  }

  /** Every element below that has one of these names, in lower case, in document order. */
  getElementsByTagNames(names: ReadonlySet<string>): readonly SlimElement[] {
    const [first, second] = [...names].filter((name) => this.ownerDocument.has(name));
    if (first === undefined) return [];
    if (second === undefined) return this.getElementsByTagName(first);
    return this.select(({ localName }) => names.has(localName));
  }

  /** Every element below, in document order, that `accepts`. */
  select(accepts: (element: SlimElement) => boolean): SlimElement[] {
    const found: SlimElement[] = [];
    for (let element = nextElement(this, this); element; element = nextElement(element, this)) {
      if (accepts(element)) found.push(element);
    }
    return found;
  }

  find(accepts: (element: SlimElement) => boolean): SlimElement | null {
    for (let element = nextElement(this, this); element; element = nextElement(element, this)) {
      if (accepts(element)) return element;
    }
    return null;
  }

  private clear(): void {
    while (this.firstChild) this.removeChild(this.firstChild);
  }
}

/** An element that is not measured has no measured ancestor, so the way up ends there. */
function forgetMeasures(from: SlimParent): void {
  let node: SlimParent | null = from;
  while (node?.cachedMeasures) {
    node.cachedMeasures = null;
    node = node.parentNode;
  }
}
