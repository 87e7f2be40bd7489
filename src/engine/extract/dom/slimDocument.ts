import { documentType } from './nodeTypes';
import { SlimElement } from './slimElement';
import { SlimParent } from './slimParent';
import { SlimText } from './slimText';

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
