import {
  Disposable,
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  Uri,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
} from 'vscode';
import { pageDocument } from '../app/pageDocument';
import { pageTitle } from '../app/pageTitle';
import type { CrawlStore } from '../store/crawlStore';
import type { PageRecord } from '../store/records';
import { pageScheme } from './contributions';

/**
 * Crawled pages as read-only files, `riptide:/<crawl>/<index>/<title>.md`. A file system rather than a content
 * provider, because only the former is activated by a restored tab after a window reload.
 */
export class PageFiles implements FileSystemProvider, Disposable {
  private readonly openStore: () => Promise<CrawlStore>;
  private readonly changed = new EventEmitter<FileChangeEvent[]>();
  /** Files that somebody watches, by their page. */
  private readonly watched = new Map<string, Uri>();

  readonly onDidChangeFile = this.changed.event;

  constructor(openStore: () => Promise<CrawlStore>) {
    this.openStore = openStore;
  }

  /** The pages were written: whoever shows them reads them again. */
  announce(crawlId: string, indexes: readonly number[] | 'all'): void {
    const changes: FileChangeEvent[] = [];
    for (const uri of this.watched.values()) {
      const page = addressOf(uri);
      if (page?.crawlId === crawlId && (indexes === 'all' || indexes.includes(page.index))) {
        changes.push({ type: FileChangeType.Changed, uri });
      }
    }
    if (changes.length > 0) this.changed.fire(changes);
  }

  watch(uri: Uri): Disposable {
    this.watched.set(uri.path, uri);
    return new Disposable(() => this.watched.delete(uri.path));
  }

  async stat(uri: Uri): Promise<FileStat> {
    const content = await this.readFile(uri);
    return { type: FileType.File, ctime: 0, mtime: 0, size: content.byteLength };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const address = addressOf(uri);
    const store = await this.openStore();
    // A tab may outlive its crawl.
    const crawl = address && (await store.readCrawl(address.crawlId));
    const page = crawl && (await store.readPage(crawl.id, address.index));
    if (!page) throw FileSystemError.FileNotFound(uri);
    return Buffer.from(pageDocument(page), 'utf8');
  }

  readDirectory(): never[] {
    return [];
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

export function pageUri(page: PageRecord): Uri {
  const title = pageTitle(page) ?? page.url;
  // The name is for people only: the page is found by the two parts before it.
  const name = title
    .replace(/[\p{C}\\/:*?"<>|#%]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
    // The cut may go through a pair, and half a character has no place in a URI.
    .toWellFormed();
  return Uri.from({ scheme: pageScheme, path: `/${page.crawlId}/${page.index}/${name || 'page'}.md` });
}

/** Commands get a page as an argument, from a row or from other extensions. */
export function isPage(value: unknown): value is PageRecord {
  return typeof value === 'object' && value !== null && 'crawlId' in value && 'index' in value;
}

function addressOf(uri: Uri): { crawlId: string; index: number } | null {
  const [, crawlId, index] = /^\/([\w-]+)\/(\d+)\//.exec(uri.path) ?? [];
  return crawlId !== undefined && index !== undefined ? { crawlId, index: Number(index) } : null;
}
