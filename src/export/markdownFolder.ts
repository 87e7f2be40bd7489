import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CrawlRecord, StoredPage } from '../store/records';
import { ExportError } from './exportError';
import { pageFilePath, withSuffix } from './fileName';
import { indexHeading, indexLine } from './indexMarkdown';
import { pageMarkdown } from './pageMarkdown';
import { writeText } from './textFile';

/**
 * Writes a file for each page that has a document, and an `index.md` that lists every URL. On failure the folder is
 * left as it was found. Returns how many files it holds.
 */
export async function writeMarkdownFolder(
  folder: string,
  crawl: CrawlRecord,
  pages: AsyncIterable<StoredPage>,
  signal: AbortSignal,
): Promise<number> {
  const created = await openFolder(folder);
  let files = 1;
  async function* index(): AsyncGenerator<string> {
    yield indexHeading(crawl);
    for await (const page of pages) {
      const path = await writePage(folder, page);
      if (path !== null) files++;
      yield indexLine(page, path);
    }
  }
  try {
    await writeText(join(folder, 'index.md'), index(), signal);
    return files;
  } catch (error) {
    await clear(folder, created);
    throw error;
  }
}

/** Makes the folder if need be; returns the topmost one that was made. @throws {ExportError} `not-empty`. */
export async function openFolder(folder: string): Promise<string | undefined> {
  const created = await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new ExportError('not-empty', `${folder} is not empty: choose a new or an empty folder`);
  }
  return created;
}

/** Returns where in the folder the page's file is, or null when there is nothing to write. */
export async function writePage(folder: string, page: StoredPage): Promise<string[] | null> {
  if (page.document === null) return null;
  const text = pageMarkdown(page, page.document);
  const first = pageFilePath(page.host, page.url);
  await mkdir(join(folder, dirname(join(...first))), { recursive: true });
  if (await writeNew(join(folder, ...first), text)) return first;
  // The position in the crawl is free but for a URL that looks like this very name.
  for (let number = page.index + 1; ; number += 100_000) {
    const path = withSuffix(first, number);
    if (await writeNew(join(folder, ...path), text)) return path;
  }
}

/** The file system itself says whether a name is taken, by its own rules; false when it is. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param created the topmost folder that was made for this export, if any was. */
async function clear(folder: string, created: string | undefined): Promise<void> {
  const entries =
    created === undefined ? (await readdir(folder)).map((name) => join(folder, name)) : [created];
  await Promise.all(entries.map((entry) => rm(entry, { recursive: true, force: true })));
}
