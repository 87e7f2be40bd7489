import { simplifyCodeBlocks } from './codeBlocks';
import type { SlimElement } from './dom/slimElement';
import { isElement } from './dom/nodeTypes';
import { headingTags } from './dom/tags';
import { absoluteUrl, imageUrl } from './pageUrls';

/** What Markdown has no form for, by what says nearly the same. */
const replacements = new Map([
  ['dl', 'div'],
  ['dd', 'div'],
  ['details', 'div'],
  ['center', 'div'],
  ['main', 'div'],
]);

/** Makes an article ready for conversion: absolute links, plain code blocks, elements Markdown knows. Changes `root`. */
export function prepareMarkdown(root: SlimElement): string {
  const { baseURI } = root.ownerDocument;
  simplifyCodeBlocks(root);
  for (const link of root.getElementsByTagName('a')) prepareLink(link, baseURI);
  for (const image of root.getElementsByTagName('img')) prepareImage(image, baseURI);
  for (const term of root.querySelectorAll('dt,summary')) embolden(term);
  for (const element of root.select(({ localName }) => replacements.has(localName))) {
    rename(element, replacements.get(element.localName) ?? 'div');
  }
  return root.innerHTML;
}

function prepareLink(link: SlimElement, base: string): void {
  const href = link.getAttribute('href');
  const isSelfLink = href?.startsWith('#') === true && headingTags.has(link.parentElement?.localName ?? '');
  const url = href !== null && !isSelfLink ? absoluteUrl(href, base) : null;
  const isEmpty = !/\S/.test(link.textContent) && !link.find(({ localName }) => localName === 'img');
  if (url !== null && !isEmpty) link.setAttribute('href', url);
  else unwrap(link);
}

function prepareImage(image: SlimElement, base: string): void {
  const url = imageUrl(image, base);
  if (url === null) image.remove();
  else image.setAttribute('src', url);
}

/** A term becomes a line of its own in bold. */
function embolden(element: SlimElement): void {
  const paragraph = rename(element, 'p');
  if (!/\S/.test(paragraph.textContent) || paragraph.find(({ localName }) => headingTags.has(localName)))
    return;
  const strong = element.ownerDocument.createElement('strong');
  while (paragraph.firstChild) strong.appendChild(paragraph.firstChild);
  paragraph.appendChild(strong);
}

function rename(element: SlimElement, name: string): SlimElement {
  const renamed = element.ownerDocument.createElement(name);
  while (element.firstChild) renamed.appendChild(element.firstChild);
  element.parentNode?.replaceChild(renamed, element);
  return renamed;
}

function unwrap(element: SlimElement): void {
  const parent = element.parentNode;
  if (!parent) return;
  for (const child of element.childNodes) {
    if (isElement(child) || child.data) parent.insertBefore(child, element);
  }
  element.remove();
}
