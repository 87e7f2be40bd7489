import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { nextElement } from './dom/walk';
import { isMain } from './pageRegions';
import { removeAnchorMarks, removeContents, removeControls } from './pruneArticle';
import { remembered } from './remembered';

type Judge = (element: SlimElement) => boolean;

const docBookParts = new Set(
  'article appendix bibliography book chapter colophon dedication glossary index part preface refentry reference section sect1 sect2'.split(
    ' ',
  ),
);

/** What generators name themselves in their pages, and what they mark as the text. */
const byGenerator: readonly (readonly [RegExp, Judge])[] = [
  [/^rustdoc/i, named('main-content')],
  [/^doxygen/i, named('contents')],
  [/^(?:javadoc|dokka)/i, isMain],
  [/^docbook/i, ({ className }) => docBookParts.has(className)],
  [/^ascii ?doc/i, ({ localName }) => localName === 'body'],
  [/^antora/i, named('doc')],
  [/^docusaurus/i, named('theme-doc-markdown')],
  [/^mkdocs/i, named('md-content__inner')],
  [/^vitepress/i, named('vp-doc')],
  [/^starlight/i, named('sl-markdown-content')],
  [/^exdoc/i, named('content')],
];

/** What stands in the pages of those that do not: Sphinx and its themes, mdBook, gi-docgen. */
const byMark: ReadonlyMap<string, Judge> = new Map([
  ['documentwrapper', isSphinxText],
  ['rst-content', isSphinxText],
  ['menu-bar-hover-placeholder', isMain],
  ['mdbook-menu-bar-hover-placeholder', isMain],
  ['devhelp-hidden', named('main')],
]);
const markedIn = remembered((names) => names.split(/\s+/).find((name) => byMark.has(name)) ?? null);

/**
 * What a documentation generator marks as the text of a page, where the page is of one that is known. All of that is
 * there to be looked up, so nothing in it is judged by how much it says or where it leads.
 */
export function documentationText({ head, body }: SlimDocument): SlimElement | null {
  const generators = head
    .getElementsByTagName('meta')
    .filter((meta) => meta.getAttribute('name')?.toLowerCase() === 'generator')
    .map((meta) => meta.getAttribute('content')?.trim() ?? '');
  for (const [pattern, isText] of byGenerator) {
    if (generators.some((generator) => pattern.test(generator)))
      return isText(body) ? body : body.find(isText);
  }
  for (let element = nextElement(body, body); element; element = nextElement(element, body)) {
    if (element.attributes.length === 0) continue;
    const isText = byMark.get(markedIn(element.className) ?? element.id);
    if (isText) return body.find(isText);
  }
  return null;
}

/** Around the headings and items of generated documentation. */
const isBeside = named(
  'footer',
  'headerlink',
  'hideme',
  'navfooter',
  'navheader',
  'permalink',
  'prev-next',
  'ttc',
);
const toSource = /^\W*(?:src|source|view source|(?:edit|improve|suggest) .{1,30})\W*$/i;

/** Takes out of {@link documentationText} what only serves to move about in it. */
export function cleanDocumentation(text: SlimElement): void {
  removeControls(text);
  removeAnchorMarks(text);
  for (const element of text.select(isBeside)) element.remove();
  for (const link of text.getElementsByTagName('a')) if (toSource.test(link.textContent)) link.remove();
  removeContents(text);
}

function isSphinxText(element: SlimElement): boolean {
  return isMain(element) || hasName(element, 'body');
}

/** Judges by the `id` and by each name in the `class`. */
function named(...names: string[]): Judge {
  return (element) => names.some((name) => hasName(element, name));
}

function hasName({ id, className }: SlimElement, name: string): boolean {
  return id === name || className === name || className.split(/\s+/).includes(name);
}
