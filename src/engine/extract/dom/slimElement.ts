import { inlineStyle, type InlineStyle } from './inlineStyle';
import { elementType } from './nodeTypes';
import type { SlimDocument } from './slimDocument';
import { SlimParent } from './slimParent';
import type { Tag } from './tags';

export interface SlimAttribute {
  readonly name: string;
  value: string;
}

export class SlimElement extends SlimParent {
  readonly nodeType = elementType;
  readonly tag: Tag;
  readonly localName: string;
  override readonly ownerDocument: SlimDocument;
  attributes: SlimAttribute[];

  constructor(tag: Tag, attributes: SlimAttribute[], ownerDocument: SlimDocument) {
    super();
    this.tag = tag;
    this.localName = tag.name;
    this.attributes = attributes;
    this.ownerDocument = ownerDocument;
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
    else this.attributes.push({ name, value });
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

  get style(): InlineStyle {
    return inlineStyle(this.getAttribute('style'));
  }
}
