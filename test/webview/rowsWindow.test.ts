import assert from 'node:assert/strict';
import {
  canvasHeightPx,
  drawnRows,
  fetchedRows,
  ROW_HEIGHT_PX,
  rowsPerPage,
  scrollTopToReveal,
} from '../../src/webview/rowsWindow';

const heightPx = 20 * ROW_HEIGHT_PX;
const list = (total: number, scrollTopPx = 0) => ({ total, heightPx, scrollTopPx });

describe('rowsWindow', () => {
  it('draws what is in sight and a little around it, never the whole list', () => {
    const top = drawnRows(list(10_000));
    assert.equal(top.first, 0);
    assert.equal(top.topPx, 0);
    assert.ok(top.end >= 20 && top.end < 40);
    const middle = drawnRows(list(10_000, 5_000 * ROW_HEIGHT_PX));
    assert.ok(middle.first < 5_000 && middle.end > 5_020 && middle.end - middle.first < 50);
  });

  for (const total of [0, 1, 19, 20, 21, 10_000, 1_000_000]) {
    it(`reaches the last of ${total} rows at the end of the scrollbar, and no row beyond it`, () => {
      const end = drawnRows(list(total, canvasHeightPx(total)));
      assert.equal(end.end, total);
      // The last row's lower edge is the canvas's: it can be scrolled into sight, and nothing is below it.
      const lastEdgePx = end.topPx + (total - end.first) * ROW_HEIGHT_PX;
      assert.ok(Math.abs(lastEdgePx - canvasHeightPx(total)) < 1);
    });
  }

  it('brings any row into sight with the least scrolling, also where the list is scaled', () => {
    for (const total of [100, 10_000, 1_000_000]) {
      for (const position of [0, 1, 57, total >> 1, total - 1]) {
        const scrollTopPx = scrollTopToReveal(position, list(total, canvasHeightPx(total) / 3));
        const { first, end } = drawnRows(list(total, scrollTopPx));
        assert.ok(first <= position && position < end, `${position} of ${total}`);
      }
    }
    assert.equal(scrollTopToReveal(5, list(100, 0)), 0);
  });

  it('asks for other rows only when the drawn ones come near the edge of the known', () => {
    const first = fetchedRows(drawnRows(list(10_000)), 10_000, null);
    assert.equal(first.offset, 0);
    const near = drawnRows(list(10_000, 10 * ROW_HEIGHT_PX));
    assert.equal(fetchedRows(near, 10_000, first), first);
    const far = drawnRows(list(10_000, 500 * ROW_HEIGHT_PX));
    const next = fetchedRows(far, 10_000, first);
    assert.ok(next.offset <= far.first && next.offset + next.limit >= far.end);
  });

  it('moves by a screen less one row', () => {
    assert.equal(rowsPerPage(list(100)), 19);
    assert.equal(rowsPerPage({ total: 100, heightPx: 1, scrollTopPx: 0 }), 1);
  });
});
