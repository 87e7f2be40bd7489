/** Every row has this height, so that a position is found by arithmetic alone. */
export const ROW_HEIGHT_PX = 24;

/** Browsers end an element somewhere between 17 and 33 million pixels; beyond this the list is scaled. */
const MAX_CANVAS_PX = 8_000_000;
/** Drawn above and below the visible part: the compositor scrolls ahead of the script. */
const OVERSCAN_ROWS = 8;
/** Asked for above and below the visible part, so that plain scrolling meets rows that are there already. */
const FETCH_MARGIN_ROWS = 80;
/** The next rows are asked for when fewer than these are left. */
const FETCH_SLACK_ROWS = 30;

/** The list as the browser reports it, in pixels; `total` in rows. */
export interface ListGeometry {
  total: number;
  heightPx: number;
  scrollTopPx: number;
}

/** Rows from `first` up to but not including `end`; `topPx` is where `first` begins on the canvas. */
export interface DrawnRows {
  first: number;
  end: number;
  topPx: number;
}

export interface FetchedRows {
  offset: number;
  limit: number;
}

/** Height of the element that gives the scrollbar its range. */
export function canvasHeightPx(total: number): number {
  return Math.min(total * ROW_HEIGHT_PX, MAX_CANVAS_PX);
}

export function drawnRows(list: ListGeometry): DrawnRows {
  const scale = scrollScale(list);
  const scrollTopPx = clamp(list.scrollTopPx, 0, canvasHeightPx(list.total) - list.heightPx);
  const listTopPx = scrollTopPx * scale;
  const first = Math.max(0, Math.floor(listTopPx / ROW_HEIGHT_PX) - OVERSCAN_ROWS);
  const end = Math.ceil((listTopPx + list.heightPx) / ROW_HEIGHT_PX) + OVERSCAN_ROWS;
  return {
    first,
    end: Math.min(list.total, end),
    topPx: scrollTopPx + first * ROW_HEIGHT_PX - listTopPx,
  };
}

/** The least scrolling that shows all of the row. */
export function scrollTopToReveal(position: number, list: ListGeometry): number {
  const scale = scrollScale(list);
  const listTopPx = list.scrollTopPx * scale;
  const rowTopPx = position * ROW_HEIGHT_PX;
  const lowestPx = rowTopPx + ROW_HEIGHT_PX - list.heightPx;
  if (rowTopPx < listTopPx) return rowTopPx / scale;
  return lowestPx > listTopPx ? lowestPx / scale : list.scrollTopPx;
}

export function rowsPerPage(list: ListGeometry): number {
  return Math.max(1, Math.floor(list.heightPx / ROW_HEIGHT_PX) - 1);
}

/** `current` as long as it leaves enough room around the drawn rows, else a new window around them. */
export function fetchedRows(drawn: DrawnRows, total: number, current: FetchedRows | null): FetchedRows {
  if (current !== null) {
    const isRoomAbove = current.offset <= Math.max(0, drawn.first - FETCH_SLACK_ROWS);
    const isRoomBelow = current.offset + current.limit >= Math.min(total, drawn.end + FETCH_SLACK_ROWS);
    if (isRoomAbove && isRoomBelow) return current;
  }
  const offset = Math.max(0, drawn.first - FETCH_MARGIN_ROWS);
  return { offset, limit: drawn.end + FETCH_MARGIN_ROWS - offset };
}

/** Pixels of the list for one pixel of scrolling: 1 until the canvas reaches its limit. */
function scrollScale(list: ListGeometry): number {
  const canvasPx = canvasHeightPx(list.total);
  const listPx = list.total * ROW_HEIGHT_PX;
  if (listPx === canvasPx || canvasPx <= list.heightPx) return 1;
  return (listPx - list.heightPx) / (canvasPx - list.heightPx);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
