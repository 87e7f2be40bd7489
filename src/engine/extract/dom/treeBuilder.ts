import { decodeHTML, decodeHTMLAttribute } from 'entities/decode';
import type { Tokenizer } from 'htmlparser2';
import { endsImpliedBy, nearest } from './impliedEnds';
import type { SlimDocument } from './slimDocument';
import { SlimElement, type SlimAttribute } from './slimElement';
import type { SlimParent } from './slimParent';
import { SlimText } from './slimText';
import { isElement, isText } from './nodeTypes';
import { attributeName, blockTags, headingTags, tagOf, type Tag } from './tags';

type TokenizerCallbacks = ConstructorParameters<typeof Tokenizer>[1];

/** Deeper elements become siblings of the last one within; browsers flatten at 512. */
const maxDepth = 256;
/** Elements past this are dropped, their text is kept. */
const maxElements = 100_000;
const maxAttributes = 64;

/** Scripts that are no program: linked data, and formulas. */
const dataPattern = /^(?:application\/ld\+json$|math\/tex)/;
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
  private tag = tagOf('html');
  private attributes: SlimAttribute[] = [];
  private attributeName = '';
  private attributeValue = '';

  constructor(html: string, document: SlimDocument) {
    this.html = html;
    this.document = document;
    this.current = document.head;
  }

  isInForeignContext(): boolean {
    return this.foreignDepth > 0;
  }

  onopentagname(start: number, end: number): void {
    this.tag = tagOf(this.html.slice(start, end));
    this.attributes = [];
  }

  onattribname(start: number, end: number): void {
    this.attributeName = attributeName(this.html.slice(start, end));
    this.attributeValue = '';
  }

  onattribdata(start: number, end: number): void {
    this.attributeValue += this.html.slice(start, end);
  }

  onattribentity(): void {
    // Entities are decoded here: the tokenizer then leaps from sign to sign, where it would look at each character.
  }

  onattribend(): void {
    const { attributes, attributeName, attributeValue } = this;
    if (attributes.length >= maxAttributes) return;
    for (const { name } of attributes) if (name === attributeName) return;
    const value = attributeValue.includes('&') ? decodeHTMLAttribute(attributeValue) : attributeValue;
    attributes.push({ name: attributeName, value });
  }

  onopentagend(): void {
    this.openElement(this.tag.name === 'image' ? tagOf('img') : this.tag, false);
  }

  onselfclosingtag(): void {
    this.openElement(this.tag, this.foreignDepth > 0);
  }

  onclosetag(start: number, end: number): void {
    const tag = tagOf(this.html.slice(start, end));
    const { name } = tag;
    if (this.ignoring !== null) {
      if (name === this.ignoring) this.ignoring = null;
      return;
    }
    if (name === 'br') {
      this.attributes = [];
      this.openElement(tag, true);
      return;
    }
    const flattened = this.flattened.size > 0 ? (this.flattened.get(name) ?? 0) : 0;
    if (flattened > 0) this.flattened.set(name, flattened - 1);
    else this.close(tag);
  }

  ontext(start: number, end: number): void {
    if (this.ignoring !== null) return;
    const text = this.html.slice(start, end);
    this.addText(text.includes('&') && !this.isInRawText ? decodeHTML(text) : text);
  }

  ontextentity(): void {
    // As those of attributes.
  }

  oncdata(start: number, end: number, endOffset: number): void {
    if (this.foreignDepth > 0 && this.ignoring === null)
      this.addText(this.html.slice(start, end - endOffset));
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
    this.current = this.document;
  }

  private openElement(tag: Tag, isClosed: boolean): void {
    if (this.ignoring !== null) return;
    const { name } = tag;
    if (this.enterPageElement(tag)) return;
    const isData = name === 'script' && dataPattern.test(this.attribute('type') ?? '');
    if ((name === 'script' || name === 'style') && !isData) {
      if (name === 'script') this.document.scriptCount += 1;
      if (!isClosed) this.ignoring = name;
      return;
    }
    if (isElement(this.current)) this.closeThrough(this.endsBefore(tag, this.current));
    if (this.elements >= maxElements) {
      if (tag.isBlock || name === 'br') this.addText('\n');
      return;
    }
    this.elements += 1;
    const element = new SlimElement(tag, this.attributes, this.document);
    this.attributes = [];
    this.append(element);
    if (isClosed || tag.isVoid) return;
    if (this.depth >= maxDepth && !tag.isRawText) {
      this.flattened.set(name, (this.flattened.get(name) ?? 0) + 1);
      return;
    }
    this.current = element;
    this.depth += 1;
    this.open.set(name, (this.open.get(name) ?? 0) + 1);
    if (foreignTags.has(name)) this.foreignDepth += 1;
  }

  private endsBefore(tag: Tag, current: SlimElement): SlimElement | null {
    if (this.foreignDepth === 0) return endsImpliedBy(tag, current, this.open);
    // A drawing that was never ended does not swallow the page.
    return tag.isBlock ? nearest(current, foreignTags, foreignScope, this.open) : null;
  }

  /** `html`, `head` and `body` exist from the start; their tags only add attributes or move on to the body. */
  private enterPageElement({ name, isHead }: Tag): boolean {
    const { document } = this;
    const isPageElement = name === 'html' || name === 'head' || name === 'body';
    if (isPageElement) {
      const element = name === 'html' ? document.documentElement : document[name];
      for (const attribute of this.attributes) {
        if (!element.hasAttribute(attribute.name)) element.attributes.push(attribute);
      }
    }
    if (!isHead && this.current === document.head && name !== 'html' && name !== 'head') {
      this.current = document.body;
    }
    return isPageElement;
  }

  private close({ name, isHeading, isFormatting }: Tag): void {
    const { current, document } = this;
    if (name === 'head' && current === document.head) {
      this.current = document.body;
      return;
    }
    if (!isElement(current) || (!this.open.get(name) && !isHeading)) return;
    if (name === 'html' || name === 'body' || name === 'head') return;
    // Most elements end where they are the innermost.
    if (current.localName === name) {
      this.closeThrough(current);
      return;
    }
    const wanted = isHeading ? headingTags : new Set([name]);
    if (isFormatting) {
      const element = nearest(current, wanted, blockScope, this.open);
      if (!element) return;
      if (nearest(current, wanted, blockTags, this.open)) this.closeThrough(element);
      else this.endsWithBlock.add(element);
      return;
    }
    this.closeThrough(nearest(current, wanted, this.scopeOf(name), this.open));
  }

  private scopeOf(name: string): ReadonlySet<string> {
    if (tableTags.has(name)) return tableScope;
    if (name === 'li') return listScope;
    return blockTags.has(name) || this.foreignDepth > 0 ? blockScope : blockTags;
  }

  /** Ends `element` and all that is open inside it. */
  private closeThrough(element: SlimElement | null): void {
    if (!element) return;
    const { documentElement, head, body } = this.document;
    if (element === documentElement || element === head || element === body) return;
    let isInside = true;
    while ((isInside || this.endsWithBlock.has(this.current)) && isElement(this.current)) {
      const ended: SlimElement = this.current;
      if (foreignTags.has(ended.localName)) this.foreignDepth -= 1;
      this.endsWithBlock.delete(ended);
      if (ended === element) isInside = false;
      this.current = ended.parentNode ?? this.document;
      this.depth -= 1;
      this.open.set(ended.localName, (this.open.get(ended.localName) ?? 1) - 1);
    }
  }

  private get isInRawText(): boolean {
    return this.foreignDepth === 0 && isElement(this.current) && this.current.tag.isRawText;
  }

  private addText(text: string): void {
    if (this.current === this.document.head) {
      if (!/\S/.test(text)) return;
      this.current = this.document.body;
    }
    const last = this.current.lastChild;
    if (last && isText(last)) last.data += text;
    else this.append(new SlimText(text));
  }

  /** As `appendChild` on a node that is new and a tree whose text nobody has read yet. */
  private append(node: SlimElement | SlimText): void {
    if (isElement(node)) this.document.countIn(node);
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
