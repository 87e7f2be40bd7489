import { CrawlLock } from './crawlLock';
import type { Database } from './database';
import { toSearchable } from './pageColumns';
import type { CrawlOptions, SiteOptions } from '../protocol/messages';
import type { CrawlRecord, CrawlState, HostRecord, NewCrawl, PageCounts, PageOutcomeKind } from './records';
import { StoreError } from './storeError';

interface CrawlColumns {
  key: number;
  id: string;
  title: string;
  server: string;
  started_at_ms: number;
  /** JSON; `null` for none. */
  options: string | null;
  /** JSON. */
  site: string | null;
  elapsed_before_ms: number;
  state: CrawlState['kind'];
  ended_at_ms: number;
  failure_reason: string;
  failure_message: string;
  asked: number;
  succeeded: number;
  failed: number;
  skipped: number;
}

export class CrawlTable {
  private readonly database: Database;
  private readonly path: string;
  /** Of the crawls that run in this process, by the crawl's key. */
  private readonly locks = new Map<number, CrawlLock>();

  /** @param path of the database file; lock files stand beside it. */
  constructor(database: Database, path: string) {
    this.database = database;
    this.path = path;
  }

  /** Marks the crawls whose process ended while they ran. */
  interruptOrphans(): void {
    this.database.transaction(() => {
      const running = this.database.all("SELECT key FROM crawls WHERE state = 'running'") as {
        key: number;
      }[];
      for (const { key } of running) {
        if (this.locks.has(key)) continue;
        const lock = CrawlLock.tryTake(this.lockPath(key));
        if (lock === null) continue;
        this.database.run("UPDATE crawls SET state = 'interrupted' WHERE key = ?", key);
        lock.release();
      }
    });
  }

  create({ id, title, server, serverVersion, startedAtMs, urls, options = {}, site }: NewCrawl): CrawlRecord {
    const asked = Object.keys(options).length === 0 ? null : JSON.stringify(options);
    let key = 0;
    try {
      this.database.transaction(() => {
        this.database.run(
          `INSERT INTO crawls (id, title, server, server_version, started_at_ms, state, asked, options, site)
           VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)`,
          ...[id, title, server, serverVersion ?? null, startedAtMs, urls.length],
          ...[asked, site === undefined ? null : JSON.stringify(site)],
        );
        key = this.keyOf(id);
        // Before the commit, so that nobody sees a running crawl without its lock.
        this.lock(key);
        this.insertPages(key, urls);
      });
    } catch (error) {
      this.unlock(key);
      throw error;
    }
    return this.mustRead(id);
  }

  end(id: string, state: CrawlState): CrawlRecord {
    const { endedAtMs, reason, message } = { endedAtMs: null, reason: null, message: null, ...state };
    this.database.run(
      `UPDATE crawls SET state = ?, ended_at_ms = ?, failure_reason = ?, failure_message = ? WHERE id = ?`,
      ...[state.kind, endedAtMs, reason, message, id],
    );
    const record = this.mustRead(id);
    if (state.kind !== 'running') this.unlock(this.keyOf(id));
    return record;
  }

  /**
   * Makes the crawl one that runs in this process; `resetPages` is part of the same transaction.
   *
   * @throws {StoreError} `running` when it runs already, here or in another window.
   */
  reopen(id: string, startedAtMs: number, resetPages: () => void): CrawlRecord {
    const key = this.keyOf(id);
    if (this.locks.has(key) || !this.lock(key)) {
      throw new StoreError('running', 'This crawl is running already, here or in another window');
    }
    try {
      this.database.transaction(() => {
        this.addElapsed(key);
        this.database.run(
          `UPDATE crawls SET state = 'running', started_at_ms = ?, ended_at_ms = NULL, failure_reason = NULL,
             failure_message = NULL WHERE key = ?`,
          ...[startedAtMs, key],
        );
        resetPages();
      });
    } catch (error) {
      this.unlock(key);
      throw error;
    }
    return this.mustRead(id);
  }

  /** Below 0 until the time is counted of which this was a part. */
  excludeTime(id: string, durationMs: number): void {
    this.database.run(
      'UPDATE crawls SET elapsed_before_ms = elapsed_before_ms - ? WHERE key = ?',
      ...[durationMs, this.keyOf(id)],
    );
  }

  list(): CrawlRecord[] {
    const rows = this.database.all('SELECT * FROM crawls ORDER BY started_at_ms DESC, key DESC');
    return (rows as CrawlColumns[]).map(toCrawlRecord);
  }

  read(id: string): CrawlRecord | null {
    const row = this.database.get('SELECT * FROM crawls WHERE id = ?', id) as CrawlColumns | undefined;
    return row === undefined ? null : toCrawlRecord(row);
  }

  listHosts(id: string): HostRecord[] {
    const rows = this.database.all(
      `SELECT host, outcome, COUNT(*) AS count FROM pages
       WHERE crawl_key = ? GROUP BY host, outcome ORDER BY host`,
      this.keyOf(id),
    ) as { host: string; outcome: PageOutcomeKind; count: number }[];
    const hosts = new Map<string, PageCounts>();
    for (const { host, outcome, count } of rows) {
      const counts = hosts.get(host) ?? { asked: 0, succeeded: 0, failed: 0, skipped: 0, outstanding: 0 };
      counts.asked += count;
      counts[outcome] = count;
      hosts.set(host, counts);
    }
    return Array.from(hosts, ([host, counts]) => ({ host, counts }));
  }

  delete(id: string): void {
    const key = this.keyOf(id);
    this.database.transaction(() => {
      this.database.run('DELETE FROM validators WHERE crawl_key = ?', key);
      this.database.run('DELETE FROM documents WHERE crawl_key = ?', key);
      this.database.run('DELETE FROM pages WHERE crawl_key = ?', key);
      this.database.run('DELETE FROM crawls WHERE key = ?', key);
    });
    this.unlock(key);
    this.database.execute('PRAGMA incremental_vacuum');
  }

  /** @throws {StoreError} `not-found` */
  keyOf(id: string): number {
    const row = this.database.get('SELECT key FROM crawls WHERE id = ?', id) as { key: number } | undefined;
    if (row === undefined) throw new StoreError('not-found', `There is no crawl ${id} in the store`);
    return row.key;
  }

  releaseLocks(): void {
    for (const key of [...this.locks.keys()]) this.unlock(key);
  }

  /** By its last result, since nobody sees the end of a crawl whose process is killed. */
  private addElapsed(key: number): void {
    this.database.run(
      `UPDATE crawls SET elapsed_before_ms = MAX(0, elapsed_before_ms + MAX(0, COALESCE(
         (SELECT MAX(finished_at_ms) FROM pages WHERE crawl_key = crawls.key), 0) - started_at_ms))
       WHERE key = ?`,
      key,
    );
  }

  private insertPages(key: number, urls: readonly string[]): void {
    for (const [index, url] of urls.entries()) {
      this.database.run(
        `INSERT INTO pages (crawl_key, page_index, url, host, outcome, searchable)
         VALUES (?, ?, ?, ?, 'outstanding', ?)`,
        ...[key, index, url, hostOf(url), toSearchable(url)],
      );
    }
  }

  private lock(key: number): boolean {
    const lock = CrawlLock.tryTake(this.lockPath(key));
    if (lock !== null) this.locks.set(key, lock);
    return lock !== null;
  }

  private unlock(key: number): void {
    this.locks.get(key)?.release();
    this.locks.delete(key);
  }

  private lockPath(key: number): string {
    return `${this.path}.crawl-${key}.lock`;
  }

  private mustRead(id: string): CrawlRecord {
    const record = this.read(id);
    if (record === null) throw new StoreError('not-found', `There is no crawl ${id} in the store`);
    return record;
  }
}

function toCrawlRecord(columns: CrawlColumns): CrawlRecord {
  const { id, title, server, started_at_ms: startedAtMs, elapsed_before_ms: elapsedBeforeMs } = columns;
  const { asked, succeeded, failed, skipped } = columns;
  const outstanding = asked - succeeded - failed - skipped;
  const counts = { asked, succeeded, failed, skipped, outstanding };
  const options = columns.options === null ? {} : (JSON.parse(columns.options) as CrawlOptions);
  const site = columns.site === null ? null : (JSON.parse(columns.site) as SiteOptions);
  const state = toCrawlState(columns);
  return { id, title, server, startedAtMs, options, site, elapsedBeforeMs, state, counts };
}

function toCrawlState(columns: CrawlColumns): CrawlState {
  const { state: kind, ended_at_ms: endedAtMs, failure_reason: reason, failure_message: message } = columns;
  switch (kind) {
    case 'running':
    case 'paused':
    case 'interrupted':
      return { kind };
    case 'completed':
    case 'cancelled':
      return { kind, endedAtMs };
    case 'failed':
      return { kind, endedAtMs, reason, message };
  }
}

export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}
