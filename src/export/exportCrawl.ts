import type { CrawlRecord, StoredPage } from '../store/records';
import { csvText } from './csvText';
import { ExportError, toExportError } from './exportError';
import { jsonText, ndjsonText } from './jsonText';
import { writeMarkdownFolder } from './markdownFolder';
import { replaceText } from './textFile';

export type ExportFormat = 'json' | 'ndjson' | 'csv' | 'markdown';

export interface CrawlExport {
  crawl: CrawlRecord;
  /** In index order; every URL asked for, whatever became of it. */
  pages: AsyncIterable<StoredPage>;
  format: ExportFormat;
  /** The file to write or replace; for Markdown the folder, which must be new or empty. */
  path: string;
  signal: AbortSignal;
  /** Called for each page. */
  onProgress: (done: number) => void;
}

export interface Exported {
  pages: number;
  files: number;
}

/**
 * Writes a crawl to disk, holding no more than a page at a time. When it fails or is cancelled, the path is as it was.
 *
 * @throws {ExportError}
 */
export async function exportCrawl(request: CrawlExport): Promise<Exported> {
  const { crawl, format, path, signal } = request;
  let done = 0;
  async function* counted(): AsyncGenerator<StoredPage> {
    for await (const page of request.pages) {
      yield page;
      request.onProgress(++done);
    }
  }
  try {
    signal.throwIfAborted();
    const files =
      format === 'markdown'
        ? await writeMarkdownFolder(path, crawl, counted(), signal)
        : await writeSingleFile(path, format, crawl, counted(), signal);
    return { pages: done, files };
  } catch (error) {
    if (signal.aborted) throw new ExportError('cancelled', 'The export was cancelled', { cause: error });
    throw toExportError(error, path);
  }
}

async function writeSingleFile(
  path: string,
  format: Exclude<ExportFormat, 'markdown'>,
  crawl: CrawlRecord,
  pages: AsyncIterable<StoredPage>,
  signal: AbortSignal,
): Promise<number> {
  const text = {
    json: () => jsonText(crawl, pages),
    ndjson: () => ndjsonText(pages),
    csv: () => csvText(pages),
  };
  await replaceText(path, text[format](), signal);
  return 1;
}
