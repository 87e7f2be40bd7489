import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { nextElement } from './dom/walk';
import { linkDensity } from './linkDensity';

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
    article && article.measures.visible > main.measures.visible * 0.7 && contains(main, article);
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
  let length = element.measures.visible;
  let codeBlocks = 0;
  let terms = 0;
  let structures = 0;
  for (let below = nextElement(element, element); below; below = nextElement(below, element)) {
    const { localName } = below;
    if (isStructure(below)) structures += 1;
    if (localName === 'pre') codeBlocks += 1;
    else if (localName === 'dt') terms += 1;
    else if (localName === 'script' || localName === 'noscript') length -= below.measures.visible;
  }
  return { length, prose: length * (1 - linkDensity(element)), codeBlocks, terms, structures };
}

/** A code block, heading, table row or defined term: what readers look up, however short it is. */
export function isStructure({ localName, tag }: SlimElement): boolean {
  return localName === 'pre' || localName === 'dt' || localName === 'tr' || tag.isHeading;
}
