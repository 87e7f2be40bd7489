import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { isElement, isText } from './dom/nodeTypes';
import { headingTags } from './dom/tags';
import { nextNode, nextSkippingChildren } from './dom/walk';
import { linkDensity, visibleLength } from './linkDensity';

/** A page with more of them than this marks nothing by them. */
const maxMains = 10;

/** What the page itself marks as its main part, where it does so once. */
export function mainRegion(document: SlimDocument): SlimElement | null {
  const mains = document.body.select(isMain);
  if (mains.length > maxMains) return null;
  const outer = mains.filter((main) => !mains.some((other) => other !== main && contains(other, main)));
  const articles = document.body.getElementsByTagName('article');
  const article = articles.length === 1 ? articles[0] : undefined;
  const main = outer.length === 1 ? outer[0] : undefined;
  if (!main) return article ?? null;
  const isArticleEnough =
    article &&
    visibleLength(article.textContent) > visibleLength(main.textContent) * 0.7 &&
    contains(main, article);
  return isArticleEnough ? article : main;
}

export function isMain(element: SlimElement): boolean {
  return element.localName === 'main' || element.getAttribute('role') === 'main';
}

function contains(outer: SlimElement, inner: SlimElement): boolean {
  for (let node = inner.parentElement; node; node = node.parentElement) if (node === outer) return true;
  return false;
}

/** How much there is to read below an element. */
export interface Description {
  length: number;
  /** Characters outside links. */
  prose: number;
  codeBlocks: number;
  terms: number;
  /** Code blocks, headings, table rows and defined terms. */
  structures: number;
}

export function describe(element: SlimElement): Description {
  let length = 0;
  let codeBlocks = 0;
  let terms = 0;
  let others = 0;
  let node = nextNode(element, element);
  while (node) {
    if (isText(node)) length += visibleLength(node.data);
    else if (node.localName === 'pre') codeBlocks += 1;
    else if (node.localName === 'dt') terms += 1;
    else if (node.localName === 'tr' || headingTags.has(node.localName)) others += 1;
    const isUnread = isElement(node) && (node.localName === 'script' || node.localName === 'noscript');
    node = isUnread ? nextSkippingChildren(node, element) : nextNode(node, element);
  }
  const structures = codeBlocks + terms + others;
  return { length, prose: length * (1 - linkDensity(element)), codeBlocks, terms, structures };
}
