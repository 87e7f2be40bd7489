import type { CrawlOptions } from '../protocol/messages';
import type { ExtractedPage } from './extract/extractTask';
import type { ExtractPool } from './extract/extractPool';
import type { FetchedPage } from './fetch/fetchedPage';

export interface ReadRequest {
  page: FetchedPage;
  options: CrawlOptions;
  /** Whether somebody will follow the page's links. */
  wantsDirections: boolean;
  signal: AbortSignal;
}

/** Makes documents of fetched pages. */
export class PageReader {
  constructor(private readonly extractPool: ExtractPool) {}

  /**
   * Takes the body along: do not use `page.body` afterwards.
   *
   * @throws {CrawlFailure} Why there is no document.
   */
  async read({ page, options, wantsDirections, signal }: ReadRequest): Promise<ExtractedPage> {
    return this.extractPool.extract({ ...page, options, wantsDirections, isRendered: false }, signal);
  }
}
