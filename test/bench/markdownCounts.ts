import { marked, type Token, type Tokens } from 'marked';
import type { SlimElement } from '../../src/engine/extract/dom/slimElement';
import type { SlimParent } from '../../src/engine/extract/dom/slimParent';
import { imageUrl } from '../../src/engine/extract/pageUrls';
import { headingTags } from '../../src/engine/extract/dom/tags';

export const structureNames = [
  ...['headings', 'codeBlocks', 'codeLanguages', 'tableRows', 'listItems', 'images', 'links'],
] as const;

export type StructureName =
  'headings' | 'codeBlocks' | 'codeLanguages' | 'tableRows' | 'listItems' | 'images' | 'links';

/** The text of each structure, so that one that was kept can be told from another one made up. */
export type Structures = Record<StructureName, string[]>;

const languagePattern = /(?:language|lang|highlight)-([\w+#]+)/;

/** What an article has, before it is converted. */
export function structuresOf(root: SlimParent): Structures {
  const select = (accepts: (element: SlimElement) => boolean): SlimElement[] => root.select(accepts);
  const isShown = (element: SlimElement): boolean => comparable(element.textContent) !== '';
  const blocks = select((element) => element.localName === 'pre' && isShown(element) && !isGutter(element));
  const isLayout = (row: SlimElement): boolean => row.find(({ localName }) => localName === 'pre') !== null;
  return {
    headings: select((element) => headingTags.has(element.localName) && isShown(element)).map(textOf),
    codeBlocks: blocks.map(textOf),
    codeLanguages: blocks.flatMap((block) => languageOf(block) ?? []),
    tableRows: select((row) => row.localName === 'tr' && isShown(row) && !isLayout(row)).map(textOf),
    listItems: select(({ localName }) => localName === 'li').flatMap(beginning),
    images: select(({ localName }) => localName === 'img').flatMap((image) => imageUrl(image) ?? []),
    links: select(isWebLink).map(textOf),
  };
}

/** What Markdown shows once it is read again. */
export function structuresIn(markdown: string): Structures {
  const found: Structures = {
    headings: [],
    codeBlocks: [],
    codeLanguages: [],
    tableRows: [],
    listItems: [],
    images: [],
    links: [],
  };
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (token.type === 'heading') found.headings.push(comparable((token as Tokens.Heading).text));
    if (token.type === 'code') {
      const { text, lang } = token as Tokens.Code;
      found.codeBlocks.push(comparable(text));
      if (lang) found.codeLanguages.push(lang);
    }
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const row of [header, ...rows])
        found.tableRows.push(comparable(row.map(({ text }) => text).join('')));
    }
    if (token.type === 'list_item')
      found.listItems.push(...cut(comparable(withoutMarkers((token as Tokens.ListItem).text))));
    const [, note] = /^\[\^\d+\]:(.*)/.exec(token.raw) ?? [];
    // The page has footnotes as items of a list.
    if (token.type === 'paragraph' && note) found.listItems.push(...cut(comparable(note)));
    if (token.type === 'image') found.images.push((token as Tokens.Image).href);
    if (token.type === 'link') found.links.push(comparable((token as Tokens.Link).text));
  });
  return found;
}

/** How many of `wanted` are in `found`, each counted once. */
export function keptOf(wanted: readonly string[], found: readonly string[]): number {
  const left = new Map<string, number>();
  for (const text of found) left.set(text, (left.get(text) ?? 0) + 1);
  return wanted.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0;
  }).length;
}

function textOf(element: SlimElement): string {
  return comparable(element.textContent);
}

/** Enough of a list item to know it by, whatever comes further down in it. */
function beginning(item: SlimElement): string[] {
  return cut(textOf(item));
}

function cut(text: string): string[] {
  return text === '' ? [] : [text.slice(0, 24)];
}

function withoutMarkers(markdown: string): string {
  return markdown.replace(/^\s*(?:[-*+]|\d+[.)])\s/gm, '');
}

function isGutter(block: SlimElement): boolean {
  return /^[\d\s]*$/.test(block.textContent);
}

function isWebLink(link: SlimElement): boolean {
  const href = link.getAttribute('href') ?? '';
  return (
    link.localName === 'a' &&
    comparable(link.textContent) !== '' &&
    !/^(?:#|javascript:|mailto:|tel:)/.test(href) &&
    href !== ''
  );
}

function languageOf(block: SlimElement): string | null {
  const code = block.find(({ localName }) => localName === 'code');
  for (let at: SlimElement | null = code ?? block, step = 0; at && step < 7; at = at.parentElement, step++) {
    const name = languagePattern.exec(at.className)?.[1] ?? at.getAttribute('data-lang');
    if (name) return name;
  }
  return null;
}

/** Letters and digits alone: Markdown's own signs come and go. */
function comparable(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot|nbsp|#\d+);/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
