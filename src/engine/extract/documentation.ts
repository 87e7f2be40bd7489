import type { SlimDocument } from './dom/slimDocument';
import { isText } from './dom/nodeTypes';
import { renameElement } from './dom/renameElement';
import type { SlimElement } from './dom/slimElement';
import { tagSet } from './dom/tags';
import { nextElement } from './dom/walk';
import { mainRegion } from './pageRegions';
import { removeAnchorMarks, removeContents, removeControls } from './pruneArticle';
import { remembered } from './remembered';

/** Judges an element by the `id` and by each name in the `class`. */
type Judge = (element: SlimElement) => boolean;

/** Around the headings and items of generated documentation. */
const besideAnywhere = 'footer headerlink hideme navfooter navheader permalink prev-next ttc';
const isBesideAnywhere = isNamed(tagSet(besideAnywhere));

/** Finds what a generator marks as the text of its pages. */
type Find = (document: SlimDocument) => SlimElement | null;

interface Generator {
  readonly text: Find;
  /** What only serves to move about in that text. */
  readonly isBeside?: Judge;
  /** Name of what is code, and not marked up as such. */
  readonly code?: string;
}

const docBookParts = tagSet(
  'article appendix bibliography book chapter colophon dedication glossary index part preface refentry reference section ' +
    'sect1 sect2',
);
const docBook: Generator = {
  text: ({ body }) => body.find(({ className }) => docBookParts.has(className)),
  isBeside: beside('toc docnav spirit-nav navigation'),
};
const sphinx: Generator = {
  text: (document) => mainRegion(document) ?? named('body')(document) ?? named('document')(document),
};
const texinfo: Generator = {
  text: ({ body }) => body,
  isBeside: beside('header nav-panel contents shortcontents'),
};

/** By what generators name themselves in their pages. */
const byGenerator: readonly (readonly [RegExp, Generator])[] = [
  [/^rustdoc/i, { text: named('main-content') }],
  [/^doxygen/i, { text: named('contents'), isBeside: beside('lineno'), code: 'fragment' }],
  [/^(?:javadoc|dokka)/i, { text: mainRegion }],
  [/^(?:docbook|publican)/i, docBook],
  [/^docutils/i, sphinx],
  [/^(?:makeinfo|texi2any)/i, texinfo],
  [/^ascii ?doc/i, { text: ({ body }) => body }],
  [/^antora/i, { text: named('doc') }],
  [/^docusaurus/i, { text: named('theme-doc-markdown') }],
  [/^mkdocs/i, { text: named('md-content__inner') }],
  [/^vitepress/i, { text: named('vp-doc') }],
  [/^starlight/i, { text: named('sl-markdown-content') }],
  [/^exdoc/i, { text: named('content') }],
];

/** By an `id` or `class` that stands in the pages of those that do not. */
const byMark: ReadonlyMap<string, Generator> = new Map([
  ['documentwrapper', sphinx],
  ['rst-content', sphinx],
  // mdBook
  ['menu-bar-hover-placeholder', { text: mainRegion }],
  ['mdbook-menu-bar-hover-placeholder', { text: mainRegion }],
  // gi-docgen
  ['devhelp-hidden', { text: named('main') }],
  // Haddock
  [
    'package-header',
    { text: named('content'), isBeside: beside('link selflink synopsis table-of-contents') },
  ],
  // QDoc
  ['qtdocheader', { text: named('mainContent'), isBeside: beside('sidebar') }],
  // RDoc
  [
    'validator-badges',
    { text: mainRegion, isBeside: beside('method-click-advice method-controls method-source-code') },
  ],
]);
const ofNames = remembered((names) => {
  const mark = names.split(/\s+/).find((name) => byMark.has(name));
  return byMark.get(mark ?? '') ?? null;
});

const toSource = /^\W*(?:src|source|view source|(?:edit|improve|suggest) .{1,30})\W*$/i;

/**
 * What a documentation generator marks as the text of a page, where the page is of one that is known, without what only
 * serves to move about in it. All the rest is there to be looked up, so nothing of it is judged by how much it says or
 * where it leads. Changes `document`.
 */
export function takeDocumentation(document: SlimDocument): SlimElement | null {
  const generator = generatorOf(document);
  const text = generator?.text(document);
  if (!text) return null;
  const isBeside = generator?.isBeside ?? isBesideAnywhere;
  removeControls(text);
  removeAnchorMarks(text);
  // The contents of a book are what the page is for that has little else.
  const most = text.measures.visible / 2;
  for (const element of text.select(isBeside)) {
    if (element.measures.visible <= most) element.remove();
  }
  for (const link of text.getElementsByTagName('a')) if (toSource.test(link.textContent)) link.remove();
  removeContents(text);
  const codeName = generator?.code;
  const codes = codeName === undefined ? [] : text.select(({ className }) => className === codeName);
  for (const code of codes) {
    // Each line is an element, so what parts these in the source is no line.
    for (const node of code.childNodes) if (isText(node) && !/\S/.test(node.data)) code.removeChild(node);
    renameElement(code, 'pre');
  }
  return text.measures.visible > 0 ? text : null;
}

function generatorOf({ head, body }: SlimDocument): Generator | null {
  const own = head
    .getElementsByTagName('meta')
    .filter((meta) => meta.getAttribute('name')?.toLowerCase() === 'generator')
    .map((meta) => meta.getAttribute('content')?.trim() ?? '');
  for (const [pattern, generator] of byGenerator) {
    if (own.some((name) => pattern.test(name))) return generator;
  }
  for (let element = nextElement(body, body); element; element = nextElement(element, body)) {
    if (element.attributes.length === 0) continue;
    const generator = ofNames(element.className) ?? byMark.get(element.id);
    if (generator) return generator;
  }
  return null;
}

/** Finds by the `id` and by each name in the `class`. */
function named(name: string): Find {
  const isText = isNamed(new Set([name]));
  return ({ body }) => (isText(body) ? body : body.find(isText));
}

function beside(names: string): Judge {
  return isNamed(tagSet(`${besideAnywhere} ${names}`));
}

function isNamed(names: ReadonlySet<string>): Judge {
  const isAmong = remembered((classNames) => classNames.split(/\s+/).some((name) => names.has(name)));
  return ({ id, className }) => names.has(id) || (className !== '' && isAmong(className));
}
