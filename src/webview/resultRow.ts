import type { PanelStrings } from '../panel/panelMessages';
import type { PageOutcome, PageRecord } from '../store/records';
import { element, setAttributes, setText, setTitle } from './element';
import type { Formats } from './format';
import { Icon } from './icons';
import { ROW_HEIGHT_PX } from './rowsWindow';
import { statusText, titleText } from './pageTexts';

export const COLUMNS = ['status', 'title', 'url', 'time', 'size', 'quality'] as const;

export function cell(column: (typeof COLUMNS)[number], role: 'gridcell' | 'columnheader'): HTMLDivElement {
  const created = element('div', `cell cell-${column}`);
  setAttributes(created, { role, 'aria-colindex': COLUMNS.indexOf(column) + 1 });
  return created;
}

/** A row of the list, used again for another page when it has been scrolled away. */
export class ResultRow {
  readonly root = element('div', 'row');
  private readonly icon = new Icon();
  private readonly status = element('span', 'text');
  private readonly title = cell('title', 'gridcell');
  private readonly url = cell('url', 'gridcell');
  private readonly time = cell('time', 'gridcell');
  private readonly size = element('span', 'text');
  private readonly cut = element('span', 'cut', new Icon('truncated').root);
  private readonly quality = element('span', 'text');
  private readonly meterFill = element('span', 'meter-fill');
  private readonly meter = element('span', 'meter', this.meterFill);
  private topPx = NaN;

  constructor(private readonly formats: Formats) {
    this.root.setAttribute('role', 'row');
    this.cut.setAttribute('role', 'img');
    const status = cell('status', 'gridcell');
    status.append(this.icon.root, this.status);
    const size = cell('size', 'gridcell');
    size.append(this.cut, this.size);
    const quality = cell('quality', 'gridcell');
    quality.append(this.meter, this.quality);
    this.root.append(status, this.title, this.url, this.time, size, quality);
  }

  moveTo(position: number, topPx: number): void {
    if (this.topPx !== topPx) {
      this.topPx = topPx;
      this.root.style.transform = `translateY(${topPx}px)`;
    }
    const id = rowId(position);
    if (this.root.id === id) return;
    this.root.id = id;
    this.root.dataset.position = String(position);
    // Row 1 is the column header.
    this.root.setAttribute('aria-rowindex', String(position + 2));
    this.root.classList.toggle('is-odd', position % 2 === 1);
  }

  select(isSelected: boolean): void {
    this.root.setAttribute('aria-selected', String(isSelected));
  }

  /** Without a page, the place of one that has not been loaded. */
  show(page: PageRecord | undefined, strings: PanelStrings): void {
    this.root.classList.toggle('is-placeholder', page === undefined);
    this.root.dataset.outcome = page?.outcome.kind ?? '';
    this.icon.hide(page === undefined);
    if (page !== undefined) this.icon.show(page.outcome.kind);
    const outcome = page?.outcome;
    this.write(this.status, outcome === undefined ? '' : statusText(outcome, strings));
    this.write(this.title, page === undefined ? '' : titleText(page));
    this.write(this.url, page?.url ?? '');
    setText(this.time, outcome === undefined ? '' : this.timeText(outcome));

    const read = outcome?.kind === 'succeeded' ? outcome : null;
    setText(this.size, read === null ? '' : this.formats.size(read.sizeBytes));
    this.cut.hidden = read?.isTruncated !== true;
    setTitle(this.cut, strings.truncated);
    this.cut.setAttribute('aria-label', strings.truncated);
    const quality = read?.quality ?? null;
    this.meter.hidden = quality === null;
    setText(this.quality, quality === null ? '' : this.formats.count(quality));
    this.meterFill.style.width = `${Math.max(0, Math.min(quality ?? 0, 100))}%`;
  }

  private write(target: HTMLElement, text: string): void {
    setText(target, text);
    setTitle(target, text);
  }

  private timeText(outcome: PageOutcome): string {
    const isTimed = outcome.kind === 'succeeded' || outcome.kind === 'failed';
    return isTimed ? this.formats.duration(outcome.processingMs) : '';
  }
}

export function rowId(position: number): string {
  return `row-${position}`;
}

/** Where the list shows a row of it, in pixels below the top of the drawn ones. */
export function rowTopPx(position: number, first: number, topPx: number): number {
  return topPx + (position - first) * ROW_HEIGHT_PX;
}
