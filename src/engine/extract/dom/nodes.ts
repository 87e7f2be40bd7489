import { SlimAttribute } from './attribute';
import { documentType, elementType, isElement, textType } from './nodeTypes';
import { serializeChildren, serializeElement } from './serialize';
import { textOf } from './textOf';
import { upperCase } from './upperCase';
import { nextNode } from './walk';

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

abstract class SlimLinked extends SlimNode {
  parentNode: SlimParent | null = null;
  previousSibling: SlimChild | null = null;
  nextSibling: SlimChild | null = null;

  get parentElement(): SlimElement | null {
    return this.parentNode instanceof SlimElement ? this.parentNode : null;
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

export class SlimText extends SlimLinked {
  data: string;

  constructor(data: string) {
    super();
    this.data = data;
  }

  override get nodeType(): number {
    return textType;
  }

  override get nodeName(): string {
    return '#text';
  }

  get textContent(): string {
    return this.data;
  }

  get childNodes(): SlimChild[] {
    return [];
  }

  remove(): void {
    this.parentNode?.removeChild(this);
  }
}

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

const unstyled = { display: '', visibility: '' };
const displayPattern = /(?:^|;)\s*display\s*:\s*([\w-]+)/i;
const visibilityPattern = /(?:^|;)\s*visibility\s*:\s*([\w-]+)/i;

export class SlimElement extends SlimParent {
  override readonly ownerDocument: SlimDocument;
  readonly localName: string;
  readonly tagName: string;
  attributes: SlimAttribute[] = [];

  constructor(localName: string, ownerDocument: SlimDocument) {
    super();
    this.localName = localName;
    this.tagName = upperCase(localName);
    this.ownerDocument = ownerDocument;
  }

  override get nodeType(): number {
    return elementType;
  }

  override get nodeName(): string {
    return this.tagName;
  }

  remove(): void {
    this.parentNode?.removeChild(this);
  }

  getAttribute(name: string): string | null {
    for (const attribute of this.attributes) {
      if (attribute.name === name) return attribute.value;
    }
    return null;
  }

  hasAttribute(name: string): boolean {
    return this.getAttribute(name) !== null;
  }

  setAttribute(name: string, value: string): void {
    const known = this.attributes.find((attribute) => attribute.name === name);
    if (known) known.value = value;
    else this.attributes.push(new SlimAttribute(name, value));
  }

  setAttributeNode(attribute: SlimAttribute): void {
    this.setAttribute(attribute.name, attribute.value);
  }

  removeAttribute(name: string): void {
    const at = this.attributes.findIndex((attribute) => attribute.name === name);
    if (at >= 0) this.attributes.splice(at, 1);
  }

  get className(): string {
    return this.getAttribute('class') ?? '';
  }
  set className(value: string) {
    this.setAttribute('class', value);
  }

  get id(): string {
    return this.getAttribute('id') ?? '';
  }
  set id(value: string) {
    this.setAttribute('id', value);
  }

  get src(): string {
    return this.getAttribute('src') ?? '';
  }

  get srcset(): string {
    return this.getAttribute('srcset') ?? '';
  }

  get style(): { display: string; visibility: string } {
    const style = this.getAttribute('style');
    if (!style) return unstyled;
    return {
      display: displayPattern.exec(style)?.[1]?.toLowerCase() ?? '',
      visibility: visibilityPattern.exec(style)?.[1]?.toLowerCase() ?? '',
    };
  }

  get outerHTML(): string {
    return serializeElement(this);
  }
}

/** Titles are compared word by word with every heading. */
const maxTitleLength = 1000;

export class SlimDocument extends SlimParent {
  readonly documentURI: string;
  /** What relative links are resolved against: the page's address unless it names a base. */
  baseURI: string;
  /** Parses `html` into children of `parent`. */
  readonly parseInto: (html: string, parent: SlimParent) => void;
  readonly documentElement: SlimElement;
  readonly head: SlimElement;
  readonly body: SlimElement;
  /** Scripts that were left out of the tree. */
  scriptCount = 0;

  constructor(url: string, parseInto: (html: string, parent: SlimParent) => void) {
    super();
    this.documentURI = url;
    this.baseURI = url;
    this.parseInto = parseInto;
    this.documentElement = this.appendChild(this.createElement('html'));
    this.head = this.documentElement.appendChild(this.createElement('head'));
    this.body = this.documentElement.appendChild(this.createElement('body'));
  }

  override get nodeType(): number {
    return documentType;
  }

  override get nodeName(): string {
    return '#document';
  }

  override get ownerDocument(): this {
    return this;
  }

  get title(): string {
    const title = this.find((element) => element.localName === 'title')?.textContent.trim() ?? '';
    return title.slice(0, maxTitleLength);
  }

  createElement(name: string): SlimElement {
    return new SlimElement(name.toLowerCase(), this);
  }

  createTextNode(text: string): SlimText {
    return new SlimText(text);
  }
}
