import assert from 'node:assert/strict';
import type { PanelStrings } from '../../src/panel/panelMessages';
import type { CrawlRecord, PageRecord } from '../../src/store/records';
import { reducePanel, rowAt, type PanelAction, type PanelState } from '../../src/webview/panelState';

const strings = {} as PanelStrings;

function crawl(changes: Partial<CrawlRecord> = {}): CrawlRecord {
  return {
    id: 'a',
    title: 'a.example',
    server: 'built-in',
    startedAtMs: 0,
    site: null,
    options: {},
    elapsedBeforeMs: 0,
    state: { kind: 'running' },
    counts: { asked: 500, succeeded: 3, failed: 2, skipped: 0, outstanding: 495 },
    ...changes,
  };
}

function rows(first: number, count: number): PageRecord[] {
  return Array.from({ length: count }, (_, place) => ({
    crawlId: 'a',
    index: first + place,
    url: `https://a.example/${first + place}`,
    host: 'a.example',
    depth: 0,
    foundOn: null,
    outcome: { kind: 'outstanding' },
  }));
}

function after(...actions: PanelAction[]): PanelState {
  return actions.reduce<PanelState>(reducePanel, { kind: 'loading', memory: null });
}

function shown(state: PanelState): Extract<PanelState, { kind: 'shown' }> {
  assert.ok(state.kind === 'shown');
  return state;
}

const snapshot: PanelAction = { kind: 'snapshot', strings, crawl: crawl() };
const loaded = (text = '', list = rows(0, 100), total = 500): PanelAction => ({
  kind: 'rowsLoaded',
  query: { text, outcome: 'all', offset: 0, limit: 100 },
  rows: list,
  total,
});

describe('reducePanel', () => {
  it('waits for a snapshot, and shows as many rows as were asked for', () => {
    assert.equal(after(loaded()).kind, 'loading');
    assert.equal(shown(after(snapshot)).list.total, 500);
  });

  it('remembers the filter of the same crawl only', () => {
    const memory = { crawlId: 'a', text: 'tide', outcome: 'failed', scrollTop: 9 } as const;
    const same = reducePanel({ kind: 'loading', memory }, snapshot);
    assert.deepEqual(shown(same).filter, { text: 'tide', outcome: 'failed' });
    const other = reducePanel({ kind: 'loading', memory: { ...memory, crawlId: 'b' } }, snapshot);
    assert.deepEqual(shown(other).filter, { text: '', outcome: 'all' });
  });

  it('uses no rows of a filter that is not the present one', () => {
    const state = shown(after(snapshot, { kind: 'filter', filter: { text: 'x' } }, loaded('')));
    assert.deepEqual(state.list.rows, []);
    assert.equal(shown(reducePanel(state, loaded('x', rows(7, 1), 1))).list.rows[0]?.index, 7);
  });

  it('keeps its rows and its selection through a change of the crawl', () => {
    const state = shown(
      after(snapshot, loaded(), { kind: 'select', position: 3 }, { kind: 'changed', crawl: crawl() }),
    );
    assert.equal(rowAt(state.list, 3)?.index, 3);
    assert.deepEqual(state.selection, { position: 3, pageIndex: 3 });
  });

  it('keeps the selection on its page when rows before it come and go', () => {
    const state = shown(
      after(snapshot, loaded(), { kind: 'select', position: 3 }, loaded('', rows(2, 100), 498)),
    );
    assert.deepEqual(state.selection, { position: 1, pageIndex: 3 });
  });

  it('selects no row beyond the list', () => {
    assert.equal(
      shown(after(snapshot, loaded(), { kind: 'select', position: 9_999 })).selection?.position,
      499,
    );
    assert.equal(shown(after(snapshot, loaded('', [], 0), { kind: 'select', position: 1 })).selection, null);
  });

  it('says that the crawl was deleted, and shows another one when it comes', () => {
    const deleted = after(snapshot, loaded(), { kind: 'changed', crawl: null });
    assert.equal(deleted.kind, 'deleted');
    assert.equal(
      shown(reducePanel(deleted, { ...snapshot, crawl: crawl({ id: 'b' }) })).list.answeredFor,
      null,
    );
  });

  it('keeps the rows beside a failure, and drops the failure with the next rows', () => {
    const failed = shown(after(snapshot, loaded(), { kind: 'rowsFailed', message: 'no disk' }));
    assert.equal(failed.list.failure, 'no disk');
    assert.equal(failed.list.rows.length, 100);
    assert.equal(shown(reducePanel(failed, loaded())).list.failure, null);
  });
});
