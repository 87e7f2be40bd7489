import type { SlimElement } from '../dom/slimElement';
import { tagSet } from '../dom/tags';

const dataParts = tagSet('col colgroup tfoot thead th');
const minRows = 10;
const minColumns = 5;
const minCells = 10;

/** Whether a table is there for its data; many are there to put things side by side. */
export function isDataTable(table: SlimElement): boolean {
  if (table.getAttribute('role') === 'presentation' || table.getAttribute('datatable') === '0') return false;
  if (table.hasAttribute('summary')) return true;
  if (table.find(({ localName }) => localName === 'caption')?.firstChild) return true;
  if (table.find(({ localName }) => dataParts.has(localName))) return true;
  if (table.find(({ localName }) => localName === 'table')) return false;
  const rows = table.getElementsByTagName('tr');
  const columns = Math.max(0, ...rows.slice(0, minRows).map((row) => cellCount(row)));
  if (rows.length === 1 || columns === 1) return false;
  return rows.length >= minRows || columns >= minColumns || rows.length * columns > minCells;
}

function cellCount(row: SlimElement): number {
  return row.children
    .filter(({ localName }) => localName === 'td')
    .reduce((sum, cell) => sum + (Number.parseInt(cell.getAttribute('colspan') ?? '', 10) || 1), 0);
}
