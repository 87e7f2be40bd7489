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
  SharedBytes,
  StoreCalls,
  StoreFailure,
  StoreReply,
  StoreRequest,
  StoreThreadData,
  Written,
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
    excludeTime: (crawlId, durationMs) => crawls.excludeTime(crawlId, durationMs),
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
    const { requestId } = request;
    try {
      post({ kind: 'answered', requestId, value: answer(request) });
    } catch (error) {
      post({ kind: 'refused', requestId, failure: toFailure(error) });
    }
  });

  function answer(request: StoreRequest): unknown {
    if (request.kind === 'write') return write(pages, request.additions, request.memory);
    const call = calls[request.name] as (...values: unknown[]) => unknown;
    return call(...request.arguments);
  }
}

/** One transaction for all; what has no place in the store is refused alone. */
function write(pages: PageTable, additions: readonly Addition[], memory: SharedBytes): Written {
  const refusals = new Map<number, StoreFailure>();
  const changed = new Map<string, number[]>();
  let at = 0;
  /** Writes one that was added, which gives the indexes of the pages that changed. */
  const each = (crawlId: string, settle: () => readonly number[]): void => {
    try {
      const indexes = changed.get(crawlId) ?? [];
      indexes.push(...settle());
      if (indexes.length > 0) changed.set(crawlId, indexes);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      refusals.set(at, toFailure(error));
    }
    at += 1;
  };
  pages.transaction(() => {
    let start = 0;
    for (const addition of additions) {
      const { crawlId } = addition;
      switch (addition.kind) {
        case 'add': {
          const { result } = addition;
          each(crawlId, () => (pages.settle(crawlId, result) ? [result.index] : []));
          break;
        }
        case 'addRaw':
          for (const [place, index] of addition.indexes.entries()) {
            const message = Buffer.from(memory.buffer, start, addition.lengths[place]);
            start += message.length;
            each(crawlId, () => (settleRaw(pages, crawlId, index, message) ? [index] : []));
          }
          break;
        case 'addPages':
          each(crawlId, () =>
            addition.pages.filter((page) => pages.add(crawlId, page)).map(({ index }) => index),
          );
      }
    }
  });
  return { refusals, changes: Array.from(changed, ([crawlId, indexes]) => ({ crawlId, indexes })) };
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
