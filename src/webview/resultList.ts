import type { PanelStrings } from '../panel/panelMessages';
import { element, setAttributes, setText } from './element';
import type { Formats } from './format';
import { rowAt, type RowList, type ShownPanel } from './panelState';
import { cell, COLUMNS, ResultRow, rowId, rowTopPx } from './resultRow';
import {
  canvasHeightPx,
  drawnRows,
  ROW_HEIGHT_PX,
  rowsPerPage,
  scrollTopToReveal,
  type DrawnRows,
  type ListGeometry,
} from './rowsWindow';

export interface ResultListEvents {
  onScroll(): void;
  onSelect(position: number): void;
  onOpen(position: number): void;
}

/** The rows of the crawl: only those in sight are elements, whatever the length of the list. */
export class ResultList {
  private readonly headings = COLUMNS.map((column) => cell(column, 'columnheader'));
  private readonly heading = element('div', 'row heading', ...this.headings);
  private readonly canvas = element('div', 'canvas');
  private readonly message = element('div', 'list-message');
  private readonly grid = element('div', 'list', this.heading, this.canvas);
  readonly root = element('main', 'results', this.grid, this.message);
  /** A row's element is the one at its position modulo their number: scrolling by one changes one. */
  private rows: ResultRow[] = [];
  private list: RowList | null = null;
  private selected: number | null = null;
  private heightPx = 0;
  private firstPosition = 0;

  /** `scrollTopPx`: where the list was before, to be returned to when there are rows. */
  constructor(
    private readonly formats: Formats,
    private readonly events: ResultListEvents,
    private restoredTopPx: number | null,
  ) {
    this.grid.tabIndex = 0;
    setAttributes(this.grid, { role: 'grid', 'aria-colcount': COLUMNS.length, 'aria-readonly': 'true' });
    setAttributes(this.heading, { role: 'row', 'aria-rowindex': 1 });
    this.canvas.setAttribute('role', 'rowgroup');
    this.message.setAttribute('role', 'status');
    this.root.style.setProperty('--row-height', `${ROW_HEIGHT_PX}px`);
    this.grid.addEventListener('scroll', () => this.events.onScroll(), { passive: true });
    this.grid.addEventListener('keydown', (event) => this.onKey(event));
    this.canvas.addEventListener('click', (event) => this.onClick(event));
    new ResizeObserver(() => {
      this.measure();
      this.events.onScroll();
    }).observe(this.grid);
  }

  get scrollTop(): number {
    return this.restoredTopPx ?? this.grid.scrollTop;
  }

  focus(): void {
    this.grid.focus();
  }

  /** Another filter shows another list. */
  scrollToStart(): void {
    this.restoredTopPx = null;
    this.grid.scrollTop = 0;
  }

  reveal(position: number): void {
    const geometry = this.geometry();
    if (geometry !== null) this.grid.scrollTop = scrollTopToReveal(position, geometry);
  }

  /** Draws the rows in sight, and tells which these are. */
  show({ strings, list, selection, crawl }: ShownPanel): DrawnRows {
    const isFirst = this.list === null;
    this.list = list;
    this.selected = selection?.position ?? null;
    if (isFirst) this.showStrings(strings);
    if (this.heightPx === 0) this.measure();
    this.grid.setAttribute('aria-rowcount', String(list.total + 1));
    this.canvas.style.height = `${canvasHeightPx(list.total)}px`;
    if (this.restoredTopPx !== null && list.total > 0 && this.heightPx > 0) {
      this.grid.scrollTop = this.restoredTopPx;
      this.restoredTopPx = null;
    }
    const drawn = drawnRows(this.geometry() ?? { total: list.total, heightPx: 0, scrollTopPx: 0 });
    this.drawRows(drawn, list, strings);
    const empty = crawl.counts.asked === 0 ? strings.noRows : strings.noMatches;
    const text = list.failure ?? (list.answeredFor !== null && list.total === 0 ? empty : '');
    setText(this.message, text);
    this.message.hidden = text === '';
    this.message.classList.toggle('is-failure', list.failure !== null);
    return drawn;
  }

  private drawRows(drawn: DrawnRows, list: RowList, strings: PanelStrings): void {
    this.fitPool(drawn.end - drawn.first);
    this.firstPosition = drawn.first;
    let isSelectedDrawn = false;
    const unused = new Set(this.rows);
    for (let position = drawn.first; position < drawn.end; position += 1) {
      const row = this.rows[position % this.rows.length];
      if (row === undefined) continue;
      unused.delete(row);
      row.root.hidden = false;
      row.moveTo(position, rowTopPx(position, drawn.first, drawn.topPx));
      row.show(rowAt(list, position), strings);
      row.select(position === this.selected);
      isSelectedDrawn ||= position === this.selected;
    }
    for (const row of unused) row.root.hidden = true;
    if (isSelectedDrawn && this.selected !== null) {
      this.grid.setAttribute('aria-activedescendant', rowId(this.selected));
    } else {
      this.grid.removeAttribute('aria-activedescendant');
    }
  }

  /** Grows only: a list that shrinks and grows with its filter keeps its elements. */
  private fitPool(count: number): void {
    while (this.rows.length < count) {
      const row = new ResultRow(this.formats);
      this.rows.push(row);
      this.canvas.append(row.root);
    }
  }

  private showStrings(strings: PanelStrings): void {
    this.grid.setAttribute('aria-label', strings.resultList);
    const { columnStatus, columnTitle, columnUrl, columnTime, columnSize, columnQuality } = strings;
    const names = [columnStatus, columnTitle, columnUrl, columnTime, columnSize, columnQuality];
    this.headings.forEach((heading, place) => setText(heading, names[place] ?? ''));
  }

  private measure(): void {
    this.heightPx = Math.max(0, this.grid.clientHeight - this.heading.offsetHeight);
  }

  private geometry(): ListGeometry | null {
    if (this.list === null || this.heightPx <= 0) return null;
    return { total: this.list.total, heightPx: this.heightPx, scrollTopPx: this.scrollTop };
  }

  private onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
    if (row?.dataset.position === undefined) return;
    const position = Number(row.dataset.position);
    this.events.onSelect(position);
    this.events.onOpen(position);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      if (this.selected !== null) this.events.onOpen(this.selected);
    } else {
      const target = this.keyTarget(event.key);
      if (target === null) return;
      this.events.onSelect(target);
    }
    event.preventDefault();
  }

  /** Where a key moves the selection; beyond the list's ends is allowed. */
  private keyTarget(key: string): number | null {
    const geometry = this.geometry();
    if (geometry === null) return null;
    const from = this.selected;
    switch (key) {
      case 'ArrowDown':
        return from === null ? this.firstPosition : from + 1;
      case 'ArrowUp':
        return from === null ? this.firstPosition : from - 1;
      case 'PageDown':
        return (from ?? this.firstPosition) + rowsPerPage(geometry);
      case 'PageUp':
        return (from ?? this.firstPosition) - rowsPerPage(geometry);
      case 'Home':
        return 0;
      case 'End':
        return geometry.total - 1;
      default:
        return null;
    }
  }
}
