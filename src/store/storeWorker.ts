import { parentPort, workerData } from 'node:worker_threads';
import { CrawlTable } from './crawlTable';
import { Database, toStoreError } from './database';
import { migrate } from './migrations';
import { PageTable } from './pageTable';
import { ResultBatch } from './resultBatch';
import { StoreError } from './storeError';
import type {
  Addition,
  StoreCalls,
  StoreFailure,
  StoreReply,
  StoreRequest,
  StoreThreadData,
} from './storeMessages';

const { path } = workerData as StoreThreadData;

try {
  serve(openDatabase());
  post({ kind: 'opened' });
} catch (error) {
  post({ kind: 'notOpened', failure: toFailure(error) });
}

function openDatabase(): Database {
  const database = Database.openShared(path);
  try {
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function serve(database: Database): void {
  const crawls = new CrawlTable(database, path);
  const pages = new PageTable(database, crawls);
  const batch = new ResultBatch((additions) => write(database, pages, additions));
  crawls.interruptOrphans();

  const calls: StoreCalls = {
    createCrawl: (crawl) => crawls.create(crawl),
    endCrawl: (crawlId, state) => crawls.end(crawlId, state),
    resumeCrawl: (crawlId, retry, startedAtMs) =>
      crawls.reopen(crawlId, startedAtMs, () => pages.reset(crawlId, retry)),
    skipPage: (crawlId, index, reason) => {
      database.transaction(() => pages.skip(crawlId, index, reason));
    },
    listCrawls: () => crawls.list(),
    readCrawl: (crawlId) => crawls.read(crawlId),
    listHosts: (crawlId) => crawls.listHosts(crawlId),
    listPages: (query) => pages.list(query),
    readPage: (crawlId, index) => pages.read(crawlId, index),
    readChunk: (crawlId, fromIndex) => pages.readChunk(crawlId, fromIndex),
    deleteCrawl: (crawlId) => crawls.delete(crawlId),
    close: () => {
      crawls.releaseLocks();
      database.close();
    },
  };

  parentPort?.on('message', (request: StoreRequest) => {
    if (request.kind !== 'call') {
      batch.add(request);
      return;
    }
    batch.flush();
    const { requestId, name } = request;
    try {
      const call = calls[name] as (...values: unknown[]) => unknown;
      post({ kind: 'answered', requestId, value: call(...request.arguments) });
    } catch (error) {
      post({ kind: 'refused', requestId, failure: toFailure(error) });
    }
  });
}

/** One transaction for all; what has no place in the store is refused alone. */
function write(database: Database, pages: PageTable, additions: Addition[]): void {
  const refusals = new Map<number, unknown>();
  const changed = new Map<string, number[]>();
  try {
    database.transaction(() => {
      for (const addition of additions) {
        const { requestId, crawlId } = addition;
        try {
          const indexes = changed.get(crawlId) ?? [];
          indexes.push(...writeAddition(pages, addition));
          if (indexes.length > 0) changed.set(crawlId, indexes);
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          refusals.set(requestId, error);
        }
      }
    });
  } catch (error) {
    for (const { requestId } of additions) refusals.set(requestId, error);
    changed.clear();
  }
  for (const [requestId, error] of refusals) post({ kind: 'refused', requestId, failure: toFailure(error) });
  const requestIds = additions.map((addition) => addition.requestId).filter((id) => !refusals.has(id));
  const changes = Array.from(changed, ([crawlId, indexes]) => ({ crawlId, indexes }));
  if (requestIds.length > 0) post({ kind: 'added', requestIds, changes });
}

/** Returns the indexes of the pages that changed. */
function writeAddition(pages: PageTable, addition: Addition): number[] {
  const { crawlId } = addition;
  if (addition.kind === 'addPages') {
    return addition.pages.filter((page) => pages.add(crawlId, page)).map(({ index }) => index);
  }
  return pages.settle(crawlId, addition.result) ? [addition.result.index] : [];
}

function toFailure(error: unknown): StoreFailure {
  const { reason, message } = toStoreError(error, path);
  return { reason, message };
}

function post(reply: StoreReply): void {
  parentPort?.postMessage(reply);
}
