import { simplifyCodeBlocks } from './codeBlocks';
import type { SlimElement } from './dom/slimElement';
import { renameElement } from './dom/renameElement';
import { headingTags, tagSet } from './dom/tags';
import { writeFootnotes } from './footnotes';
import { shieldFormulas } from './formulas';
import { takeLinksOutOfCode, unwrap } from './linkedCode';
import { imageUrl } from './pageUrls';
import { untangleLists } from './untangleLists';
import { untangleTables } from './untangleTables';

const termTags = tagSet('dt summary');
/** Markdown has no form for them. */
const shownAsBlocks = tagSet('dl dd details center main');

/** Makes an article ready for conversion: absolute links, plain code blocks, elements Markdown knows. Changes `root`. */
export function prepareMarkdown(root: SlimElement): string {
  simplifyCodeBlocks(root);
  shieldFormulas(root);
  writeFootnotes(root);
  takeLinksOutOfCode(root);
  untangleTables(root);
  untangleLists(root);
  for (const link of root.getElementsByTagName('a')) prepareLink(link);
  for (const image of root.getElementsByTagName('img')) prepareImage(image);
  for (const term of root.getElementsByTagNames(termTags)) embolden(term);
  for (const element of root.getElementsByTagNames(shownAsBlocks)) renameElement(element, 'div');
  return root.innerHTML;
}

function prepareLink(link: SlimElement): void {
  const href = link.getAttribute('href');
  const heading = link.find(({ tag }) => tag.isHeading);
  const isOfHeading = heading !== null || link.parentElement?.tag.isHeading === true;
  const isSelfLink = isOfHeading && href?.startsWith('#') === true;
  const url = href !== null && !isSelfLink ? link.ownerDocument.resolve(href) : null;
  const isEmpty = !/\S/.test(link.textContent) && !link.find(({ localName }) => localName === 'img');
  if (url === null || isEmpty) {
    unwrap(link);
    return;
  }
  link.setAttribute('href', url);
  if (heading) takeOutOfLink(heading, link);
}

/** A heading in a link becomes one that holds the link; Markdown has no form for the other. */
function takeOutOfLink(heading: SlimElement, link: SlimElement): void {
  const inner = heading.ownerDocument.createElement('a');
  inner.attributes = link.attributes;
  while (heading.firstChild) inner.appendChild(heading.firstChild);
  heading.appendChild(inner);
  link.parentNode?.insertBefore(heading, link);
  if (link.measures.visible === 0 && !link.find(({ localName }) => localName === 'img')) link.remove();
}

function prepareImage(image: SlimElement): void {
  const url = imageUrl(image);
  if (url === null) image.remove();
  else image.setAttribute('src', url);
}

/** A term becomes a line of its own in bold. */
function embolden(element: SlimElement): void {
  const paragraph = renameElement(element, 'p');
  if (!/\S/.test(paragraph.textContent) || paragraph.find(({ localName }) => headingTags.has(localName)))
    return;
  const strong = element.ownerDocument.createElement('strong');
  while (paragraph.firstChild) strong.appendChild(paragraph.firstChild);
  paragraph.appendChild(strong);
}
