import type { SlimElement } from './dom/slimElement';
import { renameElement } from './dom/renameElement';
import { tagSet } from './dom/tags';

const tableParts = tagSet('tbody thead tfoot tr td th caption');

/** Makes of tables what Markdown can show as such: none for layout, and none with a heading in it. */
export function untangleTables(root: SlimElement): void {
  const tables = root.getElementsByTagName('table');
  if (tables.length === 0) return;
  unwrapOuter(root);
  for (const table of tables) {
    takeHeadingOut(table);
    unwrapCell(table);
  }
}

/** What a table with tables in it lays out becomes blocks, one below the other. */
function unwrapOuter(root: SlimElement): void {
  const tableOf = new Map<SlimElement, SlimElement>();
  const outer = new Set<SlimElement>();
  const below = root.select((element) => {
    const { parentElement } = element;
    const table =
      parentElement?.localName === 'table' ? parentElement : parentElement && tableOf.get(parentElement);
    if (!table) return false;
    tableOf.set(element, table);
    if (element.localName === 'table') outer.add(table);
    return true;
  });
  if (outer.size === 0) return;
  for (const element of below) {
    const table = tableOf.get(element);
    if (table && outer.has(table) && tableParts.has(element.localName)) renameElement(element, 'div');
  }
  for (const table of outer) renameElement(table, 'div');
}

/** A heading in a table's first row, with nothing beside it, stands over the table. */
function takeHeadingOut(table: SlimElement): void {
  const row = table.find(({ localName }) => localName === 'tr');
  const heading = row?.find(({ tag }) => tag.isHeading);
  if (!row || !heading || heading.measures.visible < row.measures.visible) return;
  table.parentNode?.insertBefore(heading, table);
  row.remove();
}

/** A table with nothing but one of its cells only gives that its place. */
function unwrapCell(table: SlimElement): void {
  const cells = table.select(isFullCell);
  const [cell] = cells;
  if (!cell || cells.length > 1) return;
  table.parentNode?.insertBefore(renameElement(cell, 'div'), table);
  table.remove();
}

function isFullCell(element: SlimElement): boolean {
  if (element.localName !== 'td' && element.localName !== 'th') return false;
  return element.measures.visible > 0 || element.find(({ localName }) => localName === 'img') !== null;
}
