import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { toExportError } from '../export/exportError';
import { indexHeading, indexLine } from '../export/indexMarkdown';
import { ndjsonText } from '../export/jsonText';
import { openFolder, writePage } from '../export/markdownFolder';
import { writeText } from '../export/textFile';
import type { CrawlRecord, StoredPage } from '../store/records';

/** Writes pages as they come, and keeps what is written whatever ends them. */
export type PageOutput = (pages: AsyncIterable<StoredPage>) => Promise<void>;

/** A line for each page. Asks for the next page only when `stream` has taken the last. */
export function ndjsonOutput(stream: Writable): PageOutput {
  return async (pages) => {
    for await (const line of ndjsonText(pages)) {
      // The callback comes also from a stream that is gone; `drain` would not.
      await new Promise<void>((resolve, reject) =>
        stream.write(line, (error) => (error ? reject(error) : resolve())),
      );
    }
  };
}

/** `pages.ndjson` in `folder`. @throws {ExportError} */
export function ndjsonFileOutput(folder: string): PageOutput {
  return async (pages) => {
    const path = join(folder, 'pages.ndjson');
    try {
      await mkdir(folder, { recursive: true });
      const file = createWriteStream(path, { flags: 'wx' });
      await once(file, 'open');
      try {
        await ndjsonOutput(file)(pages);
      } finally {
        file.end();
        await finished(file);
      }
    } catch (error) {
      throw isOfDisk(error) ? toExportError(error, path) : error;
    }
  };
}

/**
 * A file for each page that has a document, and at the end an `index.md` of all.
 *
 * @param describe the crawl as it has become. @throws {ExportError}
 */
export function markdownOutput(folder: string, describe: () => CrawlRecord): PageOutput {
  return async (pages) => {
    const lines = new Map<number, string>();
    try {
      await openFolder(folder);
      try {
        for await (const page of pages) lines.set(page.index, indexLine(page, await writePage(folder, page)));
      } finally {
        const ordered = [...lines].sort(([one], [other]) => one - other).map(([, line]) => line);
        const text = [indexHeading(describe()), ...ordered];
        await writeText(join(folder, 'index.md'), text, new AbortController().signal);
      }
    } catch (error) {
      throw isOfDisk(error) ? toExportError(error, folder) : error;
    }
  };
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
