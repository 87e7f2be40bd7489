import type { Validators } from '../protocol/messages';
import type { Database } from './database';
import type { PageIdentity } from './pageColumns';

const maxLength = 1_000;

interface ValidatorColumns {
  crawl_key: number;
  page_index: number;
  etag: string | null;
  last_modified: string | null;
}

/** What servers call the states of pages by that are in the store, for asking whether they have changed. */
export class ValidatorTable {
  constructor(private readonly database: Database) {}

  /** Keeps what can be sent back; it may be anything that a page's server made up. */
  keep({ key, index }: PageIdentity, url: string, { etag, last_modified: lastModified }: Validators): void {
    const values = [sendable(etag), sendable(lastModified)];
    if (values.every((value) => value === null)) return;
    this.database.run(
      'INSERT INTO validators (crawl_key, page_index, url, etag, last_modified) VALUES (?, ?, ?, ?, ?)',
      ...[key, index, url, ...values],
    );
  }

  /** Of the latest copy of each URL that does for the crawl; `null` where there is none. */
  latest(crawlKey: number, urls: readonly string[]): (Validators | null)[] {
    return urls.map((url) => {
      const row = this.find(crawlKey, url, null);
      if (row === undefined) return null;
      const { etag, last_modified: lastModified } = row;
      return {
        ...(etag !== null && { etag }),
        ...(lastModified !== null && { last_modified: lastModified }),
      };
    });
  }

  /** The latest copy of a URL, before that the one in a certain state; `undefined` when there is none (any more). */
  copyOf(crawlKey: number, url: string, state: Validators | undefined): PageIdentity | undefined {
    const row = this.find(crawlKey, url, state?.etag ?? null);
    return row && { key: row.crawl_key, index: row.page_index };
  }

  /** Another server, another version of it, or other options, make another document of the same page. */
  private find(crawlKey: number, url: string, etag: string | null): ValidatorColumns | undefined {
    return this.database.get(
      `SELECT validators.crawl_key, validators.page_index, etag, last_modified
       FROM validators
         JOIN crawls ON crawls.key = validators.crawl_key
         JOIN crawls AS asking ON asking.server = crawls.server
           AND asking.server_version IS crawls.server_version AND asking.options IS crawls.options
         JOIN pages ON pages.crawl_key = validators.crawl_key AND pages.page_index = validators.page_index
         JOIN documents ON documents.crawl_key = pages.crawl_key AND documents.page_index = pages.page_index
       WHERE validators.url = ? AND asking.key = ?
       ORDER BY etag IS ? DESC, pages.finished_at_ms DESC LIMIT 1`,
      ...[url, crawlKey, etag],
    ) as ValidatorColumns | undefined;
  }
}

function sendable(value: string | undefined): string | null {
  return value !== undefined && value.length <= maxLength && /^[\x20-\x7e]+$/.test(value) ? value : null;
}
