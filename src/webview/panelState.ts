import type { PanelMemory, PanelStrings, PanelUpdate, RowsQuery } from '../panel/panelMessages';
import type { CrawlRecord, PageRecord } from '../store/records';

export type PageFilter = Pick<RowsQuery, 'text' | 'outcome'>;

/** A row is selected by its place; `pageIndex`, where known, keeps the selection on its page when rows move. */
export interface Selection {
  position: number;
  pageIndex: number | null;
}

/** The rows around the visible part, as last answered. */
export interface RowList {
  offset: number;
  rows: readonly PageRecord[];
  /** Rows that match in all; before the first answer, the best guess. */
  total: number;
  /** The filter whose rows these are; `null` before the first answer. */
  answeredFor: PageFilter | null;
  failure: string | null;
}

export interface ShownPanel {
  kind: 'shown';
  strings: PanelStrings;
  crawl: CrawlRecord;
  filter: PageFilter;
  list: RowList;
  selection: Selection | null;
}

export type PanelState =
  { kind: 'loading'; memory: PanelMemory | null } | { kind: 'deleted'; strings: PanelStrings } | ShownPanel;

export type PanelAction =
  | Extract<PanelUpdate, { kind: 'snapshot' | 'changed' }>
  | { kind: 'rowsLoaded'; query: RowsQuery; rows: readonly PageRecord[]; total: number }
  | { kind: 'rowsFailed'; message: string }
  | { kind: 'filter'; filter: Partial<PageFilter> }
  | { kind: 'select'; position: number };

export function reducePanel(state: PanelState, action: PanelAction): PanelState {
  if (action.kind === 'snapshot') {
    return withCrawl(state, action.strings, action.crawl);
  }
  if (state.kind === 'loading') return state;
  if (action.kind === 'changed') {
    return withCrawl(state, state.strings, action.crawl);
  }
  return state.kind === 'shown' ? reduceShown(state, action) : state;
}

/** The row at a position of the list, unless it has not been loaded. */
export function rowAt(list: RowList, position: number): PageRecord | undefined {
  return list.rows[position - list.offset];
}

export function isSameFilter(a: PageFilter, b: PageFilter): boolean {
  return a.text === b.text && a.outcome === b.outcome;
}

function withCrawl(state: PanelState, strings: PanelStrings, crawl: CrawlRecord | null): PanelState {
  if (crawl === null) return { kind: 'deleted', strings };
  if (state.kind === 'shown' && state.crawl.id === crawl.id) {
    const list = state.list.answeredFor !== null ? state.list : emptyList(crawl, state.filter);
    return { ...state, strings, crawl, list };
  }
  const memory = state.kind === 'loading' && state.memory?.crawlId === crawl.id ? state.memory : null;
  const filter: PageFilter = { text: memory?.text ?? '', outcome: memory?.outcome ?? 'all' };
  return { kind: 'shown', strings, crawl, filter, list: emptyList(crawl, filter), selection: null };
}

function reduceShown(
  state: ShownPanel,
  action: Exclude<PanelAction, { kind: 'snapshot' | 'changed' }>,
): ShownPanel {
  switch (action.kind) {
    case 'rowsLoaded': {
      if (!isSameFilter(action.query, state.filter)) return state;
      const { rows, total } = action;
      const list = { offset: action.query.offset, rows, total, answeredFor: state.filter, failure: null };
      return { ...state, list, selection: followPage(state.selection, list) };
    }
    case 'rowsFailed':
      return { ...state, list: { ...state.list, failure: action.message } };
    case 'filter': {
      const filter = { ...state.filter, ...action.filter };
      // The rows stay until the new ones come: an empty list at every key would flicker.
      return isSameFilter(filter, state.filter) ? state : { ...state, filter, selection: null };
    }
    case 'select': {
      const position = Math.max(0, Math.min(action.position, state.list.total - 1));
      const pageIndex = rowAt(state.list, position)?.index ?? null;
      return state.list.total === 0 ? state : { ...state, selection: { position, pageIndex } };
    }
  }
}

function emptyList(crawl: CrawlRecord, filter: PageFilter): RowList {
  const { asked, succeeded, failed, skipped, outstanding } = crawl.counts;
  const byOutcome = { all: asked, succeeded, failed, skipped, outstanding };
  const total = filter.text === '' ? byOutcome[filter.outcome] : 0;
  return { offset: 0, rows: [], total, answeredFor: null, failure: null };
}

/** Under a filter, rows before the selected one come and go while the crawl runs. */
function followPage(selection: Selection | null, list: RowList): Selection | null {
  if (selection === null || list.total === 0) return null;
  const { position, pageIndex } = selection;
  const place = pageIndex === null ? -1 : list.rows.findIndex((row) => row.index === pageIndex);
  if (place >= 0) return { position: list.offset + place, pageIndex };
  const kept = Math.min(position, list.total - 1);
  return { position: kept, pageIndex: rowAt(list, kept)?.index ?? pageIndex };
}
