import { absoluteUrl } from '../absoluteUrl';
import { documentType } from './nodeTypes';
import { SlimElement } from './slimElement';
import { SlimParent } from './slimParent';
import { tagOf } from './tags';

/** Titles are compared word by word with every heading. */
const maxTitleLength = 1000;

export class SlimDocument extends SlimParent {
  readonly nodeType = documentType;
  readonly documentURI: string;
  /** What relative links are resolved against: the page's address unless it names a base. */
  baseURI: string;
  readonly documentElement: SlimElement;
  readonly head: SlimElement;
  readonly body: SlimElement;
  private readonly resolved = new Map<string, string | null>();
  /** Scripts that were left out of the tree. */
  scriptCount = 0;

  constructor(url: string) {
    super();
    this.documentURI = url;
    this.baseURI = url;
    this.documentElement = this.appendChild(this.createElement('html'));
    this.head = this.documentElement.appendChild(this.createElement('head'));
    this.body = this.documentElement.appendChild(this.createElement('body'));
  }

  override get ownerDocument(): this {
    return this;
  }

  get title(): string {
    const title = this.find((element) => element.localName === 'title')?.textContent.trim() ?? '';
    return title.slice(0, maxTitleLength);
  }

  /** The address a reference leads to, or null when it leads to no web page. Asked for again and again: links repeat. */
  resolve(reference: string): string | null {
    const known = this.resolved.get(reference);
    if (known !== undefined) return known;
    const url = absoluteUrl(reference, this.baseURI);
    this.resolved.set(reference, url);
    return url;
  }

  createElement(name: string): SlimElement {
    return new SlimElement(tagOf(name), [], this);
  }
}
