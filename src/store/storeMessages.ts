import type { FoundPage, PageResult, Validators } from '../protocol/messages';
import type {
  CrawlRecord,
  CrawlState,
  HostRecord,
  NewCrawl,
  PageList,
  PageQuery,
  Retry,
  SitePage,
  StoredPage,
} from './records';
import type { StoreFault } from './storeError';

/** What the store's thread is started with. */
export interface StoreThreadData {
  path: string;
}

/** What the store's thread can be asked, by name; each sees every result that was added before it. */
export interface StoreCalls {
  createCrawl: (crawl: NewCrawl) => CrawlRecord;
  endCrawl: (crawlId: string, state: CrawlState) => CrawlRecord;
  excludeTime: (crawlId: string, durationMs: number) => void;
  resumeCrawl: (crawlId: string, retry: Retry, startedAtMs: number) => CrawlRecord;
  skipPage: (crawlId: string, index: number, reason: string) => void;
  listCrawls: () => CrawlRecord[];
  readCrawl: (crawlId: string) => CrawlRecord | null;
  listHosts: (crawlId: string) => HostRecord[];
  listPages: (query: PageQuery) => PageList;
  readSitePages: (crawlId: string, fromIndex: number, limit: number) => SitePage[];
  readValidators: (crawlId: string, urls: readonly string[]) => (Validators | null)[];
  readPage: (crawlId: string, index: number) => StoredPage | null;
  readChunk: (crawlId: string, fromIndex: number) => StoredPage[];
  deleteCrawl: (crawlId: string) => void;
  /** The last call: the thread can be ended after its answer. */
  close: () => void;
}

export type StoreCallName = keyof StoreCalls;

export interface AddedResult {
  kind: 'add';
  crawlId: string;
  result: PageResult;
}

/** Results as the server sent them, still to be decoded, one after the other in the memory of their request. */
export interface AddedRawResults {
  kind: 'addRaw';
  crawlId: string;
  /** In the whole crawl. */
  indexes: number[];
  /** Of each message, in bytes. */
  lengths: number[];
}

export interface AddedPages {
  kind: 'addPages';
  crawlId: string;
  pages: readonly FoundPage[];
}

/** What both threads see, without a copy. */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

/** In the order given, since a result may follow at once on the page that it is of. */
export type Addition = AddedResult | AddedRawResults | AddedPages;

export type StoreRequest =
  | { kind: 'call'; requestId: number; name: StoreCallName; arguments: unknown[] }
  /** One transaction; answered with what was {@link Written} when it is on disk. */
  | { kind: 'write'; requestId: number; additions: Addition[]; memory: SharedBytes };

export interface StoreFailure {
  reason: StoreFault;
  message: string;
}

export interface StoreChange {
  crawlId: string;
  indexes: readonly number[] | 'all';
}

export interface Written {
  /** What has no place in the store, by its place in the request, where each raw result counts as one. */
  refusals: ReadonlyMap<number, StoreFailure>;
  changes: StoreChange[];
}

export type StoreReply =
  | { kind: 'opened' }
  | { kind: 'notOpened'; failure: StoreFailure }
  | { kind: 'answered'; requestId: number; value: unknown }
  | { kind: 'refused'; requestId: number; failure: StoreFailure };
