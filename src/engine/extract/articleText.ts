import { namedAs } from './boilerplate';
import type { SlimElement } from './dom/slimElement';
import type { SlimParent } from './dom/slimParent';
import { isElement, isText } from './dom/nodeTypes';
import { blockTags } from './dom/tags';

const unread = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'title']);

/** Text that stands between two paragraphs: a blank line; between rows and lines: one line end. */
const looseBlocks = new Set([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'table', 'ul', 'ol', 'dl'],
  ...['article', 'section', 'figure', 'header', 'footer', 'main', 'aside'],
]);

/** A larger share of the text is no caption, whatever its name. */
const mostCaption = 0.2;

/**
 * The text below `root` as a reader sees it: white space collapsed, blocks on lines of their own,
 * paragraphs parted by a blank line, cells by a tab, preformatted text as it is.
 */
export function articleText(root: SlimParent): string {
  const writer = new LineWriter();
  let node = root.firstChild;
  while (node) {
    if (isText(node)) {
      writer.text(node.data);
    } else if (!unread.has(node.localName) && !isCaption(node, root)) {
      openElement(writer, node.localName);
      if (node.firstChild) {
        node = node.firstChild;
        continue;
      }
      closeElement(writer, node.localName);
    }
    while (!node.nextSibling) {
      const up: SlimParent | null = node.parentNode;
      if (!up || up === root || !isElement(up)) return writer.finish();
      closeElement(writer, up.localName);
      node = up;
    }
    node = node.nextSibling;
  }
  return writer.finish();
}

/** Words under a picture are not part of the running text; the Markdown keeps them with the picture. */
function isCaption(element: SlimElement, root: SlimParent): boolean {
  const { localName, className, parentElement } = element;
  if (localName === 'caption' || parentElement === root) return false;
  if (localName !== 'figcaption' && !namedAs(className).caption && !isGallery(element)) return false;
  const isListing = parentElement?.find(({ localName: name }) => name === 'pre' || name === 'table') !== null;
  return !isListing && element.measures.all < root.measures.all * mostCaption;
}

function isGallery(element: SlimElement): boolean {
  return namedAs(element.className).gallery && element.find(({ localName }) => localName === 'img') !== null;
}

function openElement(writer: LineWriter, name: string): void {
  if (name === 'br') writer.lineEnd();
  else if (name === 'td' || name === 'th') writer.cell();
  else if (blockTags.has(name)) writer.blockEdge(looseBlocks.has(name));
  if (name === 'pre') writer.preformatted += 1;
}

function closeElement(writer: LineWriter, name: string): void {
  if (name === 'pre') writer.preformatted -= 1;
  if (blockTags.has(name) && name !== 'td' && name !== 'th') writer.blockEdge(looseBlocks.has(name));
}

/** White space but for a single space, which stays as it is. */
const gap = /\s{2,}|[^\S ]/g;

class LineWriter {
  preformatted = 0;
  private readonly out: string[] = [];
  /** What has to come before the next word; nothing is written until there is one. */
  private gap: '' | ' ' | '\t' | '\n' | '\n\n' = '';

  text(text: string): void {
    if (this.preformatted > 0) {
      if (text === '') return;
      this.write(text.replaceAll('\r\n', '\n'));
      return;
    }
    const collapsed = text.replace(gap, ' ');
    if (collapsed.startsWith(' ')) this.widen(' ');
    const words = collapsed.trim();
    if (!words) return;
    this.write(words);
    if (collapsed.endsWith(' ')) this.widen(' ');
  }

  lineEnd(): void {
    this.widen('\n');
  }

  cell(): void {
    this.widen('\t');
  }

  blockEdge(isLoose: boolean): void {
    this.widen(isLoose ? '\n\n' : '\n');
  }

  finish(): string {
    return this.out.join('').trim();
  }

  private widen(gap: ' ' | '\t' | '\n' | '\n\n'): void {
    const order = ['', ' ', '\t', '\n', '\n\n'];
    if (order.indexOf(gap) > order.indexOf(this.gap)) this.gap = gap;
  }

  private write(words: string): void {
    if (this.out.length > 0) this.out.push(this.gap);
    this.gap = '';
    this.out.push(words);
  }
}
