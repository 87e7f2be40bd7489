import { parentPort, workerData } from 'node:worker_threads';
import { ProtocolError } from '../protocol/protocolError';
import { CrawlTable } from './crawlTable';
import { Database, toStoreError } from './database';
import { decodeRawResult, type DecodedResult } from './decodeRawResult';
import { migrate } from './migrations';
import { PageTable } from './pageTable';
import { StoreError } from './storeError';
import type {
  Addition,
  StoreCalls,
  StoreFailure,
  StoreReply,
  StoreRequest,
  StoreThreadData,
} from './storeMessages';
import { ValidatorTable } from './validatorTable';

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
  const validators = new ValidatorTable(database);
  const pages = new PageTable(database, crawls, validators);
  crawls.interruptOrphans();

  const calls: StoreCalls = {
    createCrawl: (crawl) => crawls.create(crawl),
    endCrawl: (crawlId, state) => crawls.end(crawlId, state),
    resumeCrawl: (crawlId, retry, startedAtMs) =>
      crawls.reopen(crawlId, startedAtMs, () => pages.reset(crawlId, retry)),
    skipPage: (crawlId, index, reason) => {
      pages.transaction(() => pages.skip(crawlId, index, reason));
    },
    listCrawls: () => crawls.list(),
    readCrawl: (crawlId) => crawls.read(crawlId),
    listHosts: (crawlId) => crawls.listHosts(crawlId),
    listPages: (query) => pages.list(query),
    readSitePages: (crawlId, fromIndex, limit) => pages.readSitePages(crawlId, fromIndex, limit),
    readValidators: (crawlId, urls) => validators.latest(crawls.keyOf(crawlId), urls),
    readPage: (crawlId, index) => pages.read(crawlId, index),
    readChunk: (crawlId, fromIndex) => pages.readChunk(crawlId, fromIndex),
    deleteCrawl: (crawlId) => crawls.delete(crawlId),
    close: () => {
      crawls.releaseLocks();
      database.close();
    },
  };

  parentPort?.on('message', (request: StoreRequest) => {
    if (request.kind === 'write') {
      write(pages, request.additions, request.bytes);
      return;
    }
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
function write(pages: PageTable, additions: readonly Addition[], bytes: ArrayBuffer): void {
  const refusals = new Map<number, unknown>();
  const changed = new Map<string, number[]>();
  try {
    pages.transaction(() => {
      for (const addition of additions) {
        const { requestId, crawlId } = addition;
        try {
          const indexes = changed.get(crawlId) ?? [];
          indexes.push(...writeAddition(pages, addition, bytes));
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
function writeAddition(pages: PageTable, addition: Addition, bytes: ArrayBuffer): number[] {
  const { crawlId } = addition;
  switch (addition.kind) {
    case 'add':
      return pages.settle(crawlId, addition.result) ? [addition.result.index] : [];
    case 'addRaw': {
      const { index, start, end } = addition;
      return settleRaw(pages, crawlId, index, Buffer.from(bytes, start, end - start)) ? [index] : [];
    }
    case 'addPages':
      return addition.pages.filter((page) => pages.add(crawlId, page)).map(({ index }) => index);
  }
}

/** A result that cannot be read is the outcome of its page all the same: it would come the same way again. */
function settleRaw(pages: PageTable, crawlId: string, index: number, bytes: Buffer): boolean {
  let result: DecodedResult;
  try {
    result = decodeRawResult(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return pages.fail(crawlId, index, 'bad-result', `The server's result cannot be read: ${error.message}`);
  }
  return pages.settleRaw(crawlId, index, result);
}

function toFailure(error: unknown): StoreFailure {
  const { reason, message } = toStoreError(error, path);
  return { reason, message };
}

function post(reply: StoreReply): void {
  parentPort?.postMessage(reply);
}
