import type { Database } from './database';
import { StoreError } from './storeError';

/**
 * The step at position n leads from version n to n + 1. Steps that were ever released are never changed.
 *
 * Page texts are blobs of UTF-8: a NUL in hostile text would end a TEXT column early.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE crawls (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    server TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended_at_ms INTEGER,
    failure_reason TEXT,
    failure_message TEXT,
    asked INTEGER NOT NULL,
    succeeded INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    CHECK (succeeded + failed + skipped <= asked)
  ) STRICT;

  CREATE TABLE pages (
    crawl_key INTEGER NOT NULL REFERENCES crawls (key),
    page_index INTEGER NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    title TEXT,
    processing_ms INTEGER,
    size_bytes INTEGER,
    quality INTEGER,
    is_truncated INTEGER,
    finished_at_ms INTEGER,
    error_type TEXT,
    reason TEXT,
    is_retryable INTEGER,
    searchable TEXT NOT NULL,
    PRIMARY KEY (crawl_key, page_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pages_by_outcome ON pages (crawl_key, outcome, page_index);
  CREATE INDEX pages_by_host ON pages (crawl_key, host, page_index, outcome);

  CREATE TABLE documents (
    crawl_key INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    facts TEXT NOT NULL,
    markdown BLOB,
    text BLOB,
    html BLOB,
    PRIMARY KEY (crawl_key, page_index),
    FOREIGN KEY (crawl_key, page_index) REFERENCES pages (crawl_key, page_index)
  ) STRICT;
  `,
  `
  ALTER TABLE crawls ADD COLUMN site TEXT;
  ALTER TABLE crawls ADD COLUMN elapsed_before_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pages ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pages ADD COLUMN found_on TEXT;
  `,
  `
  ALTER TABLE documents ADD COLUMN json BLOB;
  `,
  `
  CREATE TABLE validators (
    crawl_key INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    PRIMARY KEY (crawl_key, page_index),
    FOREIGN KEY (crawl_key, page_index) REFERENCES pages (crawl_key, page_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX validators_by_url ON validators (url);
  `,
  `
  ALTER TABLE pages ADD COLUMN memo TEXT;
  `,
  `
  ALTER TABLE crawls ADD COLUMN options TEXT;
  `,
  // Each outcome was written three times for them, and to go through all pages of a crawl takes milliseconds.
  `
  DROP INDEX pages_by_outcome;
  DROP INDEX pages_by_host;
  `,
  `
  ALTER TABLE crawls ADD COLUMN server_version TEXT;
  `,
];

/**
 * @param toVersion below the newest only to make a store as an earlier release left it.
 * @throws {StoreError} `newer-version`; the file is left as it was.
 */
export function migrate(database: Database, path: string, toVersion = steps.length): void {
  while (readVersion(database, path) < toVersion) {
    database.transaction(() => {
      // Read again under the write lock: another window may have taken this step meanwhile.
      const version = readVersion(database, path);
      const step = steps[version];
      if (step === undefined || version >= toVersion) return;
      database.execute(step);
      database.execute(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

function readVersion(database: Database, path: string): number {
  const { user_version: version } = database.get('PRAGMA user_version') as { user_version: number };
  if (version > steps.length) {
    throw new StoreError(
      'newer-version',
      `${path} was written by a later version of RipTide (format ${version}, this one reads up to ${steps.length}): update the extension`,
    );
  }
  return version;
}
