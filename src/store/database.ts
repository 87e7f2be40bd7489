import type * as Sqlite from 'node:sqlite';
import { StoreError } from './storeError';

export type SqlValue = null | number | string | Uint8Array;

/** Long enough for another window to delete a large crawl. */
const busyTimeoutMs = 15_000;

const sqliteBusy = 5;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteNotADatabase = 26;

/** One SQLite connection. Its methods throw SQLite's own errors: {@link toStoreError} gives them a reason. */
export class Database {
  private readonly connection: Sqlite.DatabaseSync;
  private readonly statements = new Map<string, Sqlite.StatementSync>();

  /** @throws {StoreError} `unavailable` */
  constructor(path: string) {
    // Asked for by name, since an import of a missing built-in module would end the thread before it can answer.
    const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
    if (sqlite === undefined) {
      throw new StoreError(
        'unavailable',
        `This editor's runtime (Node ${process.versions.node}) has no node:sqlite: update the editor`,
      );
    }
    this.connection = new sqlite.DatabaseSync(path);
  }

  /** Opens a file that several processes may read and write at the same time. */
  static openShared(path: string): Database {
    const database = new Database(path);
    try {
      database.execute(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      // Both must come before the first table. A document fills several pages of the usual size, each written by itself.
      database.execute('PRAGMA page_size = 16384');
      // Lets a deleted crawl give its disk space back.
      database.execute('PRAGMA auto_vacuum = INCREMENTAL');
      database.execute('PRAGMA journal_mode = WAL');
      // Under WAL a commit survives the end of the process, though perhaps not a power cut.
      database.execute('PRAGMA synchronous = NORMAL');
      database.execute('PRAGMA foreign_keys = ON');
      database.execute('PRAGMA journal_size_limit = 16777216');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Runs statements that are used once. */
  execute(sql: string): void {
    this.connection.exec(sql);
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  /** The first row; what it holds is for the caller to know. */
  get(sql: string, ...values: SqlValue[]): unknown {
    return this.statement(sql).get(...values);
  }

  all(sql: string, ...values: SqlValue[]): unknown[] {
    return this.statement(sql).all(...values);
  }

  /** Rows one at a time; no other statement may write until the loop ends. */
  iterate(sql: string, ...values: SqlValue[]): Iterable<unknown> {
    return this.statement(sql).iterate(...values);
  }

  /** Takes the write lock at once: a transaction that reads first could not wait for another writer. */
  transaction<Value>(work: () => Value): Value {
    this.execute('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.execute('COMMIT');
      return value;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  close(): void {
    this.statements.clear();
    this.connection.close();
  }

  private rollBack(): void {
    try {
      this.execute('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  private statement(sql: string): Sqlite.StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.connection.prepare(sql);
    this.statements.set(sql, prepared);
    return prepared;
  }
}

/** Another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === sqliteBusy;
}

export function toStoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const options = { cause: error };
  switch (primaryCode(error)) {
    case sqliteCorrupt:
    case sqliteNotADatabase:
      return new StoreError(
        'corrupt',
        `${path} is damaged: move it away to start with an empty store`,
        options,
      );
    case sqliteFull:
      return new StoreError('full', `No space left on the disk for ${path}`, options);
    case sqliteBusy:
      return new StoreError('failed', `${path} is held by another window: close it and try again`, options);
    default: {
      const message = error instanceof Error ? error.message : String(error);
      return new StoreError('failed', `${path}: ${message}`, options);
    }
  }
}

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
