import { SlimAttribute } from './attribute';
import { inlineStyle, type InlineStyle } from './inlineStyle';
import { elementType } from './nodeTypes';
import { serializeElement } from './serialize';
import type { SlimDocument } from './slimDocument';
import { SlimParent } from './slimParent';
import { upperCase } from './upperCase';

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

  get style(): InlineStyle {
    return inlineStyle(this.getAttribute('style'));
  }

  get outerHTML(): string {
    return serializeElement(this);
  }
}
