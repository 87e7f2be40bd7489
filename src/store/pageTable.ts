import type { CrawlResult, FoundPage, PageResult, SkipRule, Validators } from '../protocol/messages';
import { hostOf, type CrawlTable } from './crawlTable';
import type { Database, SqlValue } from './database';
import type { DecodedResult } from './decodeRawResult';
import {
  documentColumnNames,
  fromDocumentColumns,
  toDocumentColumns,
  toJsonColumns,
  type DocumentColumns,
} from './documentColumns';
import { isUnchanged, outcomeOf, successOf, type SettledOutcome } from './outcomeOf';
import {
  outstandingAssignments,
  pageColumnNames,
  settledAssignments,
  toPageRecord,
  toSearchable,
  toSettledValues,
  type PageColumns,
  type PageIdentity,
} from './pageColumns';
import type { PageList, PageQuery, Retry, SitePage, StoredPage } from './records';
import { StoreError } from './storeError';
import type { ValidatorTable } from './validatorTable';

/** How much {@link PageTable.readChunk} reads before it stops; one page is always read. */
const chunkPages = 100;
const chunkBytes = 1024 * 1024;

/** A page and its document, which is all null where there is none. */
type StoredColumns = PageColumns & (DocumentColumns | { facts: null });

const selectStored = `SELECT ${pageColumnNames}, ${documentColumnNames}
  FROM pages LEFT JOIN documents USING (crawl_key, page_index)`;

const settlePage = `UPDATE pages SET ${settledAssignments} WHERE crawl_key = ? AND page_index = ? AND outcome = 'outstanding'`;
const reopenPage = `UPDATE pages SET ${outstandingAssignments} WHERE crawl_key = ? AND page_index = ?`;
const insertDocument = `INSERT INTO documents (crawl_key, page_index, ${documentColumnNames}) VALUES (?, ?, ?, ?, ?, ?, ?)`;

type SettledCounts = Record<SettledOutcome['kind'], number>;

export class PageTable {
  private readonly database: Database;
  private readonly crawls: CrawlTable;
  private readonly validators: ValidatorTable;
  /** By the id of a crawl, for one transaction: another process may delete it after that. */
  private readonly keys = new Map<string, number>();
  /** Of the transaction, by the crawl's key; written once at its end, since a row of its own for each page costs more. */
  private readonly settled = new Map<number, SettledCounts>();

  constructor(database: Database, crawls: CrawlTable, validators: ValidatorTable) {
    this.database = database;
    this.crawls = crawls;
    this.validators = validators;
  }

  /** One transaction for all that settles pages. */
  transaction(work: () => void): void {
    try {
      this.database.transaction(() => {
        work();
        for (const [key, { succeeded, failed, skipped }] of this.settled) {
          this.database.run(
            `UPDATE crawls SET succeeded = succeeded + ?, failed = failed + ?, skipped = skipped + ? WHERE key = ?`,
            ...[succeeded, failed, skipped, key],
          );
        }
      });
    } finally {
      this.keys.clear();
      this.settled.clear();
    }
  }

  /**
   * Settles an outstanding page; call it in a {@link transaction}. Returns false for a page that has its outcome already:
   * the first one counts.
   *
   * @throws {StoreError} `not-found`, before anything is written.
   */
  settle(crawlId: string, { index, result }: PageResult): boolean {
    if (isUnchanged(result)) return this.settleUnchanged(crawlId, index, result);
    const { document, validators } = result;
    const isNew = this.settleAs(
      crawlId,
      index,
      outcomeOf(result, Date.now()),
      () => document && toDocumentColumns(document),
    );
    if (isNew && validators && document) this.keepValidators(crawlId, index, validators);
    return isNew;
  }

  /** As {@link settle}, for a result whose document is to stay the JSON that it came as. */
  settleRaw(crawlId: string, index: number, result: DecodedResult): boolean {
    const outcome = successOf(result, Date.now());
    const isNew = this.settleAs(crawlId, index, outcome, () => toJsonColumns(result.documentJson));
    if (isNew && result.validators) this.keepValidators(crawlId, index, result.validators);
    return isNew;
  }

  /** As {@link settle}, for a page whose result is of no use. */
  fail(crawlId: string, index: number, errorType: string, message: string): boolean {
    const failure = { kind: 'failed', status: 0, errorType, message, isRetryable: true } as const;
    return this.settleAs(crawlId, index, { ...failure, processingMs: 0, finishedAtMs: Date.now() });
  }

  /** As {@link settle}, for a page that was never asked of a server. */
  skip(crawlId: string, index: number, reason: string): boolean {
    return this.settleAs(crawlId, index, { kind: 'skipped', rule: null, reason });
  }

  /**
   * Adds a page that the crawl has found; call it in a {@link transaction}. One that is there already is only settled, when it
   * turned out not to be crawled. Returns false when nothing changed.
   *
   * @throws {StoreError} `not-found` for a crawl that is not there, or when it has a gap before the page.
   */
  add(crawlId: string, { index, url, depth, found_on: foundOn, skipped, memo }: FoundPage): boolean {
    const key = this.crawls.keyOf(crawlId);
    const { asked } = this.database.get('SELECT asked FROM crawls WHERE key = ?', key) as { asked: number };
    if (index > asked) throw new StoreError('not-found', `Crawl ${crawlId} has no page ${index - 1}`);
    const isNew = index === asked;
    if (isNew) {
      this.database.run(
        `INSERT INTO pages (crawl_key, page_index, url, host, depth, found_on, memo, outcome, searchable)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'outstanding', ?)`,
        ...[key, index, url, hostOf(url), depth, foundOn, memo ?? null, toSearchable(url)],
      );
      this.database.run('UPDATE crawls SET asked = asked + 1 WHERE key = ?', key);
    } else if (memo !== undefined) {
      this.database.run(
        'UPDATE pages SET memo = ? WHERE crawl_key = ? AND page_index = ?',
        ...[memo, key, index],
      );
    }
    const isSettled =
      skipped !== null &&
      this.settleAs(crawlId, index, { kind: 'skipped', rule: skipped.rule, reason: skipped.message });
    return isNew || isSettled;
  }

  /** Makes failed pages outstanding again; call it in a transaction. */
  reset(crawlId: string, retry: Retry): void {
    if (retry === 'none') return;
    const key = this.crawls.keyOf(crawlId);
    const [only, index] = retry === 'failed' ? ['', []] : ['AND page_index = ?', [retry.index]];
    const failed = this.database.all(
      `SELECT page_index, url FROM pages WHERE crawl_key = ? AND outcome = 'failed' ${only}`,
      ...[key, ...index],
    ) as Pick<PageColumns, 'page_index' | 'url'>[];
    for (const page of failed)
      this.database.run(reopenPage, ...[toSearchable(page.url), key, page.page_index]);
    this.database.run('UPDATE crawls SET failed = failed - ? WHERE key = ?', ...[failed.length, key]);
  }

  /** The page opens as its earlier copy does, with the status that tells so. */
  private settleUnchanged(crawlId: string, index: number, result: CrawlResult): boolean {
    const key = this.crawls.keyOf(crawlId);
    const url = this.mustReadUrl(crawlId, { key, index });
    const copy = this.validators.copyOf(key, url, result.validators);
    if (copy === undefined) {
      const message = 'The page has not changed since it was stored, but that copy was deleted. Try again.';
      return this.fail(crawlId, index, 'copy-deleted', message);
    }
    const earlier = this.database.get(
      `SELECT ${pageColumnNames} FROM pages WHERE crawl_key = ? AND page_index = ?`,
      ...[copy.key, copy.index],
    ) as PageColumns;
    const { outcome } = toPageRecord(crawlId, earlier);
    if (outcome.kind !== 'succeeded') throw new Error('a page with a document has succeeded');
    const { status, processing_time_ms: processingMs } = result;
    const isNew = this.settleAs(crawlId, index, {
      ...outcome,
      status,
      processingMs,
      finishedAtMs: Date.now(),
    });
    if (isNew) {
      this.database.run(
        `INSERT INTO documents (crawl_key, page_index, ${documentColumnNames})
         SELECT ?, ?, ${documentColumnNames} FROM documents WHERE crawl_key = ? AND page_index = ?`,
        ...[key, index, copy.key, copy.index],
      );
      this.database.run(
        `INSERT INTO validators (crawl_key, page_index, url, etag, last_modified)
         SELECT ?, ?, url, etag, last_modified FROM validators WHERE crawl_key = ? AND page_index = ?`,
        ...[key, index, copy.key, copy.index],
      );
    }
    return isNew;
  }

  private keepValidators(crawlId: string, index: number, validators: Validators): void {
    const page = { key: this.keyOf(crawlId), index };
    this.validators.keep(page, this.mustReadUrl(crawlId, page), validators);
  }

  private mustReadUrl(crawlId: string, { key, index }: PageIdentity): string {
    const page = this.database.get(
      'SELECT url FROM pages WHERE crawl_key = ? AND page_index = ?',
      ...[key, index],
    ) as Pick<PageColumns, 'url'> | undefined;
    if (page === undefined) throw new StoreError('not-found', `Crawl ${crawlId} has no page ${index}`);
    return page.url;
  }

  private settleAs(
    crawlId: string,
    index: number,
    outcome: SettledOutcome,
    toColumns: () => SqlValue[] | null = () => null,
  ): boolean {
    const key = this.keyOf(crawlId);
    if (this.database.run(settlePage, ...toSettledValues(outcome), key, index) === 0) {
      this.mustReadUrl(crawlId, { key, index });
      return false;
    }
    this.count(key, outcome.kind);
    const columns = outcome.kind === 'succeeded' ? toColumns() : null;
    if (columns !== null) this.database.run(insertDocument, ...[key, index, ...columns]);
    return true;
  }

  private keyOf(crawlId: string): number {
    const known = this.keys.get(crawlId);
    if (known !== undefined) return known;
    const key = this.crawls.keyOf(crawlId);
    this.keys.set(crawlId, key);
    return key;
  }

  private count(key: number, kind: SettledOutcome['kind']): void {
    const counts = this.settled.get(key) ?? { succeeded: 0, failed: 0, skipped: 0 };
    counts[kind] += 1;
    this.settled.set(key, counts);
  }

  list(query: PageQuery): PageList {
    const { crawlId, text, host, outcome, offset, limit } = query;
    const key = this.crawls.keyOf(crawlId);
    const conditions = ['crawl_key = ?'];
    const values: SqlValue[] = [key];
    const narrow = (condition: string, value: SqlValue): void => {
      conditions.push(condition);
      values.push(value);
    };
    if (host !== undefined) narrow('host = ?', host);
    if (outcome !== undefined) narrow('outcome = ?', outcome);
    if (text !== undefined && text !== '') narrow('instr(searchable, ?) > 0', text.toLowerCase());

    if (conditions.length === 1) return this.listWindow(crawlId, key, offset, limit);

    const where = conditions.join(' AND ');
    const { total } = this.database.get(`SELECT COUNT(*) AS total FROM pages WHERE ${where}`, ...values) as {
      total: number;
    };
    const rows = this.database.all(
      `SELECT ${pageColumnNames} FROM pages WHERE ${where} ORDER BY page_index LIMIT ? OFFSET ?`,
      ...[...values, limit, offset],
    ) as PageColumns[];
    return { pages: rows.map((row) => toPageRecord(crawlId, row)), total };
  }

  readSitePages(crawlId: string, fromIndex: number, limit: number): SitePage[] {
    const rows = this.database.all(
      `SELECT url, depth, found_on, outcome, error_type, memo FROM pages
       WHERE crawl_key = ? AND page_index >= ? ORDER BY page_index LIMIT ?`,
      ...[this.crawls.keyOf(crawlId), fromIndex, limit],
    ) as (Pick<PageColumns, 'url' | 'depth' | 'found_on' | 'outcome' | 'error_type'> & {
      memo: string | null;
    })[];
    return rows.map(({ url, depth, found_on: foundOn, outcome, error_type: errorType, memo }) => {
      const rule = outcome === 'skipped' ? (errorType as SkipRule | null) : null;
      return { url, depth, isSeed: foundOn === null, outcome, rule, memo };
    });
  }

  read(crawlId: string, index: number): StoredPage | null {
    const row = this.database.get(
      `${selectStored} WHERE crawl_key = ? AND page_index = ?`,
      ...[this.crawls.keyOf(crawlId), index],
    ) as StoredColumns | undefined;
    return row === undefined ? null : toStoredPage(crawlId, row);
  }

  /** The next pages from `fromIndex` on; empty behind the last one. */
  readChunk(crawlId: string, fromIndex: number): StoredPage[] {
    const rows = this.database.iterate(
      `${selectStored} WHERE crawl_key = ? AND page_index >= ? ORDER BY page_index LIMIT ${chunkPages}`,
      ...[this.crawls.keyOf(crawlId), fromIndex],
    ) as Iterable<StoredColumns>;
    const chunk: StoredPage[] = [];
    let bytes = 0;
    for (const row of rows) {
      chunk.push(toStoredPage(crawlId, row));
      bytes += documentBytes(row);
      if (bytes >= chunkBytes) break;
    }
    return chunk;
  }

  /** Indexes have no gaps, so without a filter the window is a range of the key, however deep it lies. */
  private listWindow(crawlId: string, key: number, offset: number, limit: number): PageList {
    const { asked } = this.database.get('SELECT asked FROM crawls WHERE key = ?', key) as { asked: number };
    const rows = this.database.all(
      `SELECT ${pageColumnNames} FROM pages WHERE crawl_key = ? AND page_index >= ? ORDER BY page_index LIMIT ?`,
      ...[key, offset, limit],
    ) as PageColumns[];
    return { pages: rows.map((row) => toPageRecord(crawlId, row)), total: asked };
  }
}

function toStoredPage(crawlId: string, row: StoredColumns): StoredPage {
  const document = row.facts === null ? null : fromDocumentColumns(row);
  return { ...toPageRecord(crawlId, row), document };
}

function documentBytes(row: StoredColumns): number {
  if (row.facts === null) return 0;
  return [row.facts, row.markdown, row.text, row.html, row.json].reduce(
    (sum, part) => sum + (part?.length ?? 0),
    0,
  );
}
