import type { Tokenizer } from 'htmlparser2';
import { SlimAttribute } from './attribute';
import { endsImpliedBy, nearest } from './impliedEnds';
import type { SlimElement } from './slimElement';
import type { SlimParent } from './slimParent';
import { SlimDocument } from './slimDocument';
import { SlimText } from './slimText';
import { isElement, isText } from './nodeTypes';
import { blockTags, formattingTags, headingTags, headTags, rawTextTags, voidTags } from './tags';

type TokenizerCallbacks = ConstructorParameters<typeof Tokenizer>[1];

/** Deeper elements become siblings of the last one within; browsers flatten at 512. */
const maxDepth = 256;
/** Elements past this are dropped, their text is kept. */
const maxElements = 250_000;
const maxAttributes = 64;

const foreignTags = new Set(['svg', 'math']);
const foreignScope = new Set(['foreignobject', 'annotation-xml', 'desc']);
const tableScope = new Set(['table', 'template']);
const blockScope = new Set(['table', 'td', 'th', 'caption', 'object', 'marquee', 'template']);
const tableTags = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'caption', 'colgroup']);
const listScope = new Set([...blockScope, 'ul', 'ol', 'dl']);

/**
 * Builds a tree from HTML tokens by a cut-down version of the standard's rules: implied end tags and
 * scopes as there, but formatting is not reopened after a block ends it. The parser of htmlparser2
 * itself takes quadratic time in the depth of open elements, hence only its tokenizer is used.
 */
export class TreeBuilder implements TokenizerCallbacks {
  private readonly html: string;
  private readonly root: SlimParent;
  private readonly document: SlimDocument;
  private current: SlimParent;
  private depth = 0;
  private elements = 0;
  /** How many elements of each name were opened past the depth limit, so that their end tags close nothing else. */
  private readonly flattened = new Map<string, number>();
  private readonly open = new Map<string, number>();
  /** Formatting that ended while a block in it was open: it ends with that block. */
  private readonly endsWithBlock = new Set<SlimParent>();
  /** Name of the script or style whose text is being left out. */
  private ignoring: string | null = null;
  private foreignDepth = 0;
  private tagName = '';
  private attributes: SlimAttribute[] = [];
  private attributeName = '';
  private attributeValue = '';

  constructor(html: string, root: SlimParent) {
    this.html = html;
    this.root = root;
    this.document = root.ownerDocument;
    this.current = root instanceof SlimDocument ? root.head : root;
  }

  isInForeignContext(): boolean {
    return this.foreignDepth > 0;
  }

  onopentagname(start: number, end: number): void {
    this.tagName = this.html.slice(start, end).toLowerCase();
    this.attributes = [];
  }

  onattribname(start: number, end: number): void {
    this.attributeName = this.html.slice(start, end).toLowerCase();
    this.attributeValue = '';
  }

  onattribdata(start: number, end: number): void {
    this.attributeValue += this.html.slice(start, end);
  }

  onattribentity(codePoint: number): void {
    this.attributeValue += String.fromCodePoint(codePoint);
  }

  onattribend(): void {
    const { attributes, attributeName } = this;
    if (attributes.length >= maxAttributes) return;
    if (attributes.some(({ name }) => name === attributeName)) return;
    attributes.push(new SlimAttribute(attributeName, this.attributeValue));
  }

  onopentagend(): void {
    this.openElement(this.tagName === 'image' ? 'img' : this.tagName, false);
  }

  onselfclosingtag(): void {
    this.openElement(this.tagName, this.foreignDepth > 0);
  }

  onclosetag(start: number, end: number): void {
    const name = this.html.slice(start, end).toLowerCase();
    if (this.ignoring !== null) {
      if (name === this.ignoring) this.ignoring = null;
      return;
    }
    if (name === 'br') {
      this.attributes = [];
      this.openElement('br', true);
      return;
    }
    const flattened = this.flattened.get(name) ?? 0;
    if (flattened > 0) this.flattened.set(name, flattened - 1);
    else this.close(name);
  }

  ontext(start: number, end: number): void {
    this.addText(this.html.slice(start, end));
  }

  ontextentity(codePoint: number): void {
    this.addText(String.fromCodePoint(codePoint));
  }

  oncdata(start: number, end: number, endOffset: number): void {
    if (this.foreignDepth > 0) this.addText(this.html.slice(start, end - endOffset));
  }

  oncomment(): void {
    // Comments carry nothing that is read.
  }

  ondeclaration(): void {
    // Neither does a doctype.
  }

  onprocessinginstruction(): void {
    // Nor an XML declaration.
  }

  onend(): void {
    this.current = this.root;
  }

  private openElement(name: string, isClosed: boolean): void {
    if (this.ignoring !== null) return;
    if (this.root instanceof SlimDocument && this.enterPageElement(name, this.root)) return;
    const isData = name === 'script' && this.attribute('type') === 'application/ld+json';
    if ((name === 'script' || name === 'style') && !isData) {
      if (name === 'script') this.document.scriptCount += 1;
      if (!isClosed) this.ignoring = name;
      return;
    }
    if (isElement(this.current)) this.closeThrough(this.endsBefore(name, this.current));
    if (this.elements >= maxElements) {
      if (blockTags.has(name) || name === 'br') this.addText('\n');
      return;
    }
    this.elements += 1;
    const element = this.document.createElement(name);
    element.attributes = this.attributes;
    this.attributes = [];
    this.append(element);
    if (isClosed || voidTags.has(name)) return;
    if (this.depth >= maxDepth && !rawTextTags.has(name)) {
      this.flattened.set(name, (this.flattened.get(name) ?? 0) + 1);
      return;
    }
    this.current = element;
    this.depth += 1;
    this.open.set(name, (this.open.get(name) ?? 0) + 1);
    if (foreignTags.has(name)) this.foreignDepth += 1;
  }

  private endsBefore(name: string, current: SlimElement): SlimElement | null {
    if (this.foreignDepth === 0) return endsImpliedBy(name, current, this.open);
    // A drawing that was never ended does not swallow the page.
    return blockTags.has(name) ? nearest(current, foreignTags, foreignScope, this.open) : null;
  }

  /** `html`, `head` and `body` exist from the start; their tags only add attributes or move on to the body. */
  private enterPageElement(name: string, document: SlimDocument): boolean {
    const isPageElement = name === 'html' || name === 'head' || name === 'body';
    if (isPageElement) {
      const element = name === 'html' ? document.documentElement : document[name];
      for (const attribute of this.attributes) {
        if (!element.hasAttribute(attribute.name)) element.attributes.push(attribute);
      }
    }
    if (this.current === document.head && name !== 'html' && name !== 'head' && !headTags.has(name)) {
      this.current = document.body;
    }
    return isPageElement;
  }

  private close(name: string): void {
    if (name === 'head' && this.root instanceof SlimDocument && this.current === this.root.head) {
      this.current = this.root.body;
      return;
    }
    if (
      !isElement(this.current) ||
      (!this.open.get(name) && !headingTags.has(name)) ||
      name === 'html' ||
      name === 'body' ||
      name === 'head'
    )
      return;
    const wanted = headingTags.has(name) ? headingTags : new Set([name]);
    if (formattingTags.has(name)) {
      const element = nearest(this.current, wanted, blockScope, this.open);
      if (!element) return;
      if (nearest(this.current, wanted, blockTags, this.open)) this.closeThrough(element);
      else this.endsWithBlock.add(element);
      return;
    }
    this.closeThrough(nearest(this.current, wanted, this.scopeOf(name), this.open));
  }

  private scopeOf(name: string): ReadonlySet<string> {
    if (tableTags.has(name)) return tableScope;
    if (name === 'li') return listScope;
    return blockTags.has(name) || this.foreignDepth > 0 ? blockScope : blockTags;
  }

  /** Ends `element` and all that is open inside it. */
  private closeThrough(element: SlimElement | null): void {
    if (!element || element === this.root) return;
    const { documentElement, head, body } = this.document;
    if (element === documentElement || element === head || element === body) return;
    let isInside = true;
    while ((isInside || this.endsWithBlock.has(this.current)) && isElement(this.current)) {
      const ended: SlimElement = this.current;
      if (foreignTags.has(ended.localName)) this.foreignDepth -= 1;
      this.endsWithBlock.delete(ended);
      if (ended === element) isInside = false;
      this.current = ended.parentNode ?? this.root;
      this.depth -= 1;
      this.open.set(ended.localName, (this.open.get(ended.localName) ?? 1) - 1);
    }
  }

  private addText(text: string): void {
    if (this.ignoring !== null) return;
    if (this.root instanceof SlimDocument && this.current === this.root.head) {
      if (!/\S/.test(text)) return;
      this.current = this.root.body;
    }
    const last = this.current.lastChild;
    if (last && isText(last)) last.data += text;
    else this.append(new SlimText(text));
  }

  /** As `appendChild` on a node that is new and a tree whose text nobody has read yet. */
  private append(node: SlimElement | SlimText): void {
    const last = this.current.lastChild;
    node.parentNode = this.current;
    node.previousSibling = last;
    if (last) last.nextSibling = node;
    else this.current.firstChild = node;
    this.current.lastChild = node;
  }

  private attribute(name: string): string | undefined {
    return this.attributes.find((attribute) => attribute.name === name)?.value;
  }
}
