import { beginsAsLeadIn, isClosingCall, isLeadIn, isSharingLine, namedAs } from './boilerplate';
import type { SlimElement } from './dom/slimElement';
import type { SlimChild } from './dom/slimNode';
import { isText } from './dom/nodeTypes';
import { headingTags, tagSet } from './dom/tags';
import { isMarkedHidden } from './isMarkedHidden';
import { linkDensity } from './linkDensity';

const controlTags = new Set(
  'nav form button input select textarea dialog script style noscript template datalist progress meter'.split(
    ' ',
  ),
);
const sideRoles = new Set(
  'navigation complementary search banner contentinfo dialog alertdialog alert menu menubar toolbar tablist'.split(
    ' ',
  ),
);
const listTags = new Set(['ul', 'ol', 'div', 'section', 'p', 'table']);
const codeTags = new Set(['pre', 'code']);
const keptTags = new Set(['pre', 'code', 'table', 'math', 'img', 'picture', 'video', 'audio', 'figure']);

/**
 * Takes out of a chosen article what sites put between and after its paragraphs: controls, share
 * bars, links to other stories, sign-up boxes. Judged by names, by lead-ins and by how much of a
 * block is links; never takes a block that holds a large part of the article.
 */
export function pruneArticle(root: SlimElement): void {
  removeControls(root);
  removeAnchorMarks(root);
  removeContents(root);
  const total = root.measures.visible;
  removeNamed(root, total);
  removeBylines(root);
  removeLeadIns(root, total);
  removeClosingCalls(root);
  removeLinkBlocks(root, total);
}

/** What is no text to read in any page: also right where an index of links is the content. */
export function removeControls(root: SlimElement): void {
  for (const element of root.select(isControl)) {
    // A page may stand in one large form.
    if (element.localName === 'form' && element.measures.visible > 500) continue;
    element.remove();
  }
}

function isControl(element: SlimElement): boolean {
  if (controlTags.has(element.localName)) return true;
  const role = element.getAttribute('role');
  return (role !== null && sideRoles.has(role)) || isMarkedHidden(element);
}

/** The sign beside a heading that links to the heading itself. */
export function removeAnchorMarks(root: SlimElement): void {
  for (const link of root.getElementsByTagName('a')) {
    const text = link.textContent.trim();
    if (!link.getAttribute('href')?.startsWith('#') || text.length > 2 || /[\p{L}\p{N}]/u.test(text))
      continue;
    if (!link.find((element) => element.localName === 'img')) link.remove();
  }
}

const linkListTags = tagSet('ul ol');
const minContents = 3;
const leastLinked = 0.8;
/** "Contents", or the like, beside a list of them. */
const mostOfLabel = 40;

/** The lists of links to the page's own headings, which the outline tells of. */
export function removeContents(root: SlimElement): void {
  for (const list of root.getElementsByTagNames(linkListTags).filter(isContents)) {
    let whole = list;
    for (let up = list.parentElement; up && up !== root; up = up.parentElement) {
      if (up.measures.visible - list.measures.visible > mostOfLabel) break;
      whole = up;
    }
    whole.remove();
  }
}

function isContents(list: SlimElement): boolean {
  const links = list.getElementsByTagName('a');
  if (links.length < minContents || !links.every(leadsToHeading)) return false;
  const linked = links.reduce((sum, link) => sum + link.measures.visible, 0);
  return linked >= list.measures.visible * leastLinked;
}

function leadsToHeading(link: SlimElement): boolean {
  const [page = '', fragment = ''] = link.getAttribute('href')?.split('#', 2) ?? [];
  // Applications number their pages by fragments like `#/guide`.
  if (!/^[^/!]/.test(fragment)) return false;
  return page === '' || link.ownerDocument.resolve(page) === link.ownerDocument.documentURI;
}

function removeNamed(root: SlimElement, total: number): void {
  for (const element of root.select((element) => namedAs(element.className, element.id).boilerplate)) {
    // Highlighters mark what is a comment, or a menu's code, by the same words.
    if (headingTags.has(element.localName) || isWithin(element, codeTags)) continue;
    const length = element.measures.visible;
    const mostAllowed = namedAs(element.className, element.id).content ? 0.1 : 0.25;
    if (length > total * mostAllowed || element.find(({ localName }) => localName === 'pre')) continue;
    element.remove();
  }
}

const bylineTags = new Set(['div', 'p', 'span', 'time', 'address', 'ul', 'section', 'header']);

function removeBylines(root: SlimElement): void {
  for (const element of root.getElementsByTagNames(bylineTags)) {
    if (!namedAs(element.className, element.id).byline || element.measures.visible > 120) continue;
    if (!isWithin(element, keptTags) && !element.find(({ localName }) => keptTags.has(localName)))
      element.remove();
  }
}

/** Whether an element is one of `names`, or inside of one. */
function isWithin(element: SlimElement, names: ReadonlySet<string>): boolean {
  for (let node: SlimElement | null = element; node; node = node.parentElement)
    if (names.has(node.localName)) return true;
  return false;
}

/** Only in the last few paragraphs: further up the same words may be what the page is about. */
function removeClosingCalls(root: SlimElement): void {
  const paragraphs = root.getElementsByTagName('p');
  for (const paragraph of paragraphs.slice(Math.max(1, paragraphs.length - 6))) {
    if (isClosingCall(paragraph.textContent.trim())) paragraph.remove();
  }
}

/** Longer ones, with their white space, neither lead on nor share. */
const maxLine = 300;

function removeLeadIns(root: SlimElement, total: number): void {
  for (const element of root.select(isShortBlock)) {
    const { all, visible } = element.measures;
    const isMostlyLinks = linkDensity(element) > 0.4;
    if (visible === 0 || (all > maxLine && !isMostlyLinks)) continue;
    if (!element.parentNode || isWithin(element, codeTags)) continue;
    const text = element.textContent.trim().replace(/\s+/g, ' ');
    if (isSharingLine(text)) element.remove();
    else if (isLeadIn(text) && !(element.tag.isHeading && /^see also$/i.test(text))) {
      const next = element.nextElementSibling;
      if (next && isLinkBlock(next, total)) next.remove();
      element.remove();
    } else if (isMostlyLinks && beginsAsLeadIn(text)) {
      element.remove();
    }
  }
}

const shortBlockTags = tagSet('p li div aside');

function isShortBlock(element: SlimElement): boolean {
  const { localName, tag } = element;
  const isLine = localName === 'strong' || localName === 'span' || localName === 'a';
  const isBlock = tag.isHeading || shortBlockTags.has(localName);
  return (isBlock || (isLine && isAlone(element))) && element.measures.all <= 400;
}

/** Whether an inline element is all there is in its place. */
function isAlone(element: SlimElement): boolean {
  return isBlank(element.previousSibling, 'previousSibling') && isBlank(element.nextSibling, 'nextSibling');
}

function isBlank(from: SlimChild | null, way: 'previousSibling' | 'nextSibling'): boolean {
  for (let node = from; node; node = node[way]) if (!isText(node) || /\S/.test(node.data)) return false;
  return true;
}

function removeLinkBlocks(root: SlimElement, total: number): void {
  for (const element of root.getElementsByTagNames(listTags)) {
    if (element.parentNode && !isUnderHeading(element) && isLinkBlock(element, total)) element.remove();
  }
}

function isUnderHeading({ localName, previousSibling }: SlimElement): boolean {
  if (localName !== 'ul' && localName !== 'ol') return false;
  let before = previousSibling;
  while (before && isText(before) && !/\S/.test(before.data)) before = before.previousSibling;
  return before !== null && !isText(before) && before.tag.isHeading;
}

/** A block of links that leads away from the page and holds little of it. */
function isLinkBlock(element: SlimElement, total: number): boolean {
  if (!listTags.has(element.localName)) return false;
  const length = element.measures.visible;
  if (length === 0 || length > total * 0.2) return false;
  if (element.find(({ localName }) => keptTags.has(localName))) return false;
  const links = element.getElementsByTagName('a').length;
  const density = linkDensity(element);
  if (element.localName === 'p') return density > 0.9 && length > 20 && isAmongProse(element);
  return links >= 2 && density > 0.75;
}

/** Whether a paragraph that is all link interrupts running text, as links to other stories do. */
function isAmongProse(paragraph: SlimElement): boolean {
  let prose = 0;
  for (let sibling = paragraph.parentNode?.firstChild ?? null; sibling; sibling = sibling.nextSibling) {
    if (!isText(sibling) && sibling.localName === 'p' && sibling.measures.all > 120) prose += 1;
    if (prose >= 4) return true;
  }
  return false;
}
