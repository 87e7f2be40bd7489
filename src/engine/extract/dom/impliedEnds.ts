import type { SlimElement } from './slimElement';
import { blockTags, type Tag } from './tags';

/** What an opening tag ends on its way in: the nearest of `ends`, unless one of `within` is nearer. */
interface ImpliedEnd {
  ends: ReadonlySet<string>;
  within: ReadonlySet<string>;
}

const cells = new Set(['td', 'th']);
const sections = new Set(['thead', 'tbody', 'tfoot', 'caption', 'colgroup']);
const table = new Set(['table', 'template']);
const terms = new Set(['dd', 'dt']);
const ruby = new Set(['rp', 'rt']);

/** Elements whose inside has no say over what is open outside. */
const scopes = new Set(['table', 'td', 'th', 'caption', 'button', 'object', 'marquee', 'template']);

const looseBlocks = new Set(['address', 'div', 'p']);
const firmBlocks = new Set([...blockTags].filter((name) => !looseBlocks.has(name)));
const blocksExcept = (names: ReadonlySet<string>) =>
  new Set([...firmBlocks].filter((name) => !names.has(name)));

const impliedEnds = new Map<string, ImpliedEnd>([
  ['li', { ends: new Set(['li']), within: blocksExcept(new Set(['li'])) }],
  ['dd', { ends: terms, within: blocksExcept(terms) }],
  ['dt', { ends: terms, within: blocksExcept(terms) }],
  ['td', { ends: cells, within: new Set([...table, 'tr']) }],
  ['th', { ends: cells, within: new Set([...table, 'tr']) }],
  ['tr', { ends: new Set(['tr', 'caption', 'colgroup']), within: table }],
  ['thead', { ends: sections, within: table }],
  ['tbody', { ends: sections, within: table }],
  ['tfoot', { ends: sections, within: table }],
  ['option', { ends: new Set(['option']), within: new Set(['select', 'optgroup', 'datalist']) }],
  ['optgroup', { ends: new Set(['optgroup']), within: new Set(['select']) }],
  ['rp', { ends: ruby, within: new Set(['ruby']) }],
  ['rt', { ends: ruby, within: new Set(['ruby']) }],
  // A link never holds a link; one that was opened around a block stays, as there is no telling what it meant.
  ['a', { ends: new Set(['a']), within: blockTags }],
]);

const paragraph = new Set(['p']);
const tableParts = new Set(['td', 'th', 'tr', 'thead', 'tbody', 'tfoot', 'caption']);

/** How many elements of each name are open: most tags end nothing, and need no walk to know it. */
export type OpenCounts = ReadonlyMap<string, number>;

/** The outermost open element that opening `name` ends, with everything inside it. */
export function endsImpliedBy(
  { name, isBlock, isHeading }: Tag,
  innermost: SlimElement,
  open: OpenCounts,
): SlimElement | null {
  if (isHeading && innermost.tag.isHeading) return innermost;
  const rule = impliedEnds.get(name);
  const ended = rule ? nearest(innermost, rule.ends, rule.within, open) : null;
  if (ended || !isBlock || tableParts.has(name)) return ended;
  return nearest(innermost, paragraph, scopes, open);
}

/** The nearest open element of a `wanted` name, unless one of `within` is nearer. */
export function nearest(
  innermost: SlimElement,
  wanted: ReadonlySet<string>,
  within: ReadonlySet<string>,
  open: OpenCounts,
): SlimElement | null {
  if (!isAnyOpen(wanted, open)) return null;
  for (let element: SlimElement | null = innermost; element; element = element.parentElement) {
    if (wanted.has(element.localName)) return element;
    if (within.has(element.localName)) return null;
  }
  return null;
}

function isAnyOpen(names: ReadonlySet<string>, open: OpenCounts): boolean {
  for (const name of names) if ((open.get(name) ?? 0) > 0) return true;
  return false;
}
