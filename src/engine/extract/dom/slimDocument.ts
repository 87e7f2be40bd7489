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
  /** Every element that there ever was, by its name, in the order of the page. */
  private readonly parsed = new Map<string, SlimElement[]>();
  /** Nothing has been moved since. */
  private isAsParsed = true;
  /** Scripts that were left out of the tree. */
  scriptCount = 0;

  constructor(url: string) {
    super();
    this.documentURI = url;
    this.baseURI = url;
    this.documentElement = this.appendChild(this.createElement('html'));
    this.head = this.documentElement.appendChild(this.createElement('head'));
    this.body = this.documentElement.appendChild(this.createElement('body'));
    this.isAsParsed = true;
  }

  override get ownerDocument(): this {
    return this;
  }

  get title(): string {
    const [title] = this.getElementsByTagName('title');
    return title?.textContent.trim().slice(0, maxTitleLength) ?? '';
  }

  /** To be told of each element in the order in which the page has them. */
  countIn(element: SlimElement): void {
    const { name } = element.tag;
    const alike = this.parsed.get(name);
    if (alike) alike.push(element);
    else this.parsed.set(name, [element]);
  }

  /** To be told of each move. */
  noteMove(): void {
    this.isAsParsed = false;
  }

  /** Whether there ever was an element of that name: for most names there was none, and no reason to look for it. */
  has(name: string): boolean {
    return this.parsed.has(name);
  }

  override getElementsByTagName(name: string): readonly SlimElement[] {
    return this.isAsParsed ? (this.parsed.get(name) ?? []) : super.getElementsByTagName(name);
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
    const element = new SlimElement(tagOf(name), [], this);
    this.noteMove();
    this.countIn(element);
    return element;
  }
}
