import type { CrawlRecord, PageRecord } from '../store/records';

export const outcomeFilters = ['all', 'succeeded', 'failed', 'skipped', 'outstanding'] as const;

export type OutcomeFilter = (typeof outcomeFilters)[number];

export function isOutcomeFilter(value: unknown): value is OutcomeFilter {
  return (outcomeFilters as readonly unknown[]).includes(value);
}

/** Rows the panel wants to show; `requestId` comes back in the answer, and only the latest one counts. */
export interface RowsQuery {
  text: string;
  outcome: OutcomeFilter;
  offset: number;
  limit: number;
}

/** Panel to extension host. */
export type PanelRequest =
  /** The page has loaded, for the first time or again: answered by `snapshot`. */
  | { kind: 'ready' }
  | { kind: 'rows'; requestId: number; query: RowsQuery }
  | { kind: 'open'; index: number }
  | { kind: 'cancel' }
  | { kind: 'pause' }
  /** Crawl what is outstanding. */
  | { kind: 'resume' }
  | { kind: 'retryFailed' }
  | { kind: 'export' }
  | { kind: 'crawlAgain' };

/** Extension host to panel. */
export type PanelUpdate =
  /** All the panel needs to draw itself. `crawl` is null when it was deleted. */
  | { kind: 'snapshot'; strings: PanelStrings; crawl: CrawlRecord | null }
  /** State or pages changed: draw the header anew and ask for the visible rows again. */
  | { kind: 'changed'; crawl: CrawlRecord | null }
  | { kind: 'rows'; requestId: number; rows: PageRecord[]; total: number }
  | { kind: 'rowsFailed'; requestId: number; message: string };

/** Kept by `setState` in the webview, and handed to the serializer after a window reload. */
export interface PanelMemory {
  crawlId: string;
  text: string;
  outcome: OutcomeFilter;
  scrollTop: number;
}

/** Texts of the panel, translated by the extension host; `{0}`, `{1}` are filled in by the panel. */
export interface PanelStrings {
  running: string;
  completed: string;
  cancelled: string;
  failed: string;
  paused: string;
  interrupted: string;
  succeeded: string;
  remaining: string;
  skipped: string;
  outstanding: string;
  all: string;
  /** `{0}`: a rate. */
  pagesPerSecond: string;
  elapsed: string;
  /** `{0}` of `{1}` pages have ended. */
  progress: string;
  /** Of a site crawl: `{0}` pages found so far, of which `{1}` wait. */
  discovery: string;
  cancel: string;
  pause: string;
  resume: string;
  retryFailed: string;
  export: string;
  crawlAgain: string;
  filter: string;
  filterPlaceholder: string;
  outcomeFilter: string;
  resultList: string;
  columnStatus: string;
  columnTitle: string;
  columnUrl: string;
  columnTime: string;
  columnSize: string;
  columnQuality: string;
  noRows: string;
  noMatches: string;
  deleted: string;
  truncated: string;
  /** In place of the status of a page that its server did not send again. */
  unchanged: string;
  /** `{0}` of `{1}` rows match the filter. */
  shown: string;
}
