import type { CrawlOptions, ResultEncoding } from '../protocol/messages';
import { CrawlFailure } from './crawlFailure';
import type { ExtractPool } from './extract/extractPool';
import type { ReadPage } from './extract/extractTask';
import type { FetchedPage } from './fetch/fetchedPage';
import type { RenderPages } from './fetchSettings';
import type { Renderer } from './render/renderer';

export interface ReadRequest {
  page: FetchedPage;
  options: CrawlOptions;
  /** Of the document. */
  encoding: ResultEncoding;
  /** Whether somebody will follow the page's links. */
  wantsDirections: boolean;
  signal: AbortSignal;
}

export interface Rendering {
  renderer: Renderer;
  /** What crawls get that ask for nothing. */
  pages: RenderPages;
}

/** A page as it was read. */
export interface Reading extends ReadPage {
  /** What it says may be due to other things than the page that was fetched. */
  isRendered: boolean;
}

const markupTypes = new Set(['text/html', 'application/xhtml+xml']);

/** Makes documents of fetched pages, of some by what a browser renders of them. */
export class PageReader {
  constructor(
    private readonly extractPool: ExtractPool,
    /** Without it no browser is ever started, whatever a crawl asks for. */
    private readonly rendering: Rendering | null = null,
  ) {}

  /** Whether every page of such a crawl is rendered. */
  rendersAll(options: CrawlOptions): boolean {
    return pagesRendered(options, this.rendering) === 'always';
  }

  /**
   * Takes the body along: do not use `page.body` afterwards.
   *
   * @throws {CrawlFailure} Why there is no document.
   */
  async read(request: ReadRequest): Promise<Reading> {
    const { page, options } = request;
    const pages = markupTypes.has(page.mediaType) ? pagesRendered(options, this.rendering) : 'never';
    if (pages === 'never') return this.extract(request, page, null);
    if (!this.rendering) throw renderingIsOff();
    const { renderer } = this.rendering;
    if (pages === 'always') return this.readRendered(request, page, renderer);
    try {
      // The thread keeps what it is given, and the browser may need it yet.
      return await this.extract(request, { ...page, body: page.body.slice() }, null);
    } catch (error) {
      if (!(error instanceof CrawlFailure) || error.reason !== 'needs-javascript') throw error;
      return this.readRendered(request, page, renderer);
    }
  }

  private async readRendered(request: ReadRequest, page: FetchedPage, renderer: Renderer): Promise<Reading> {
    const startedAtMs = performance.now();
    const html = await renderer.render(page, request.options, request.signal);
    const rendered = {
      ...page,
      mediaType: 'text/html',
      charset: 'utf-8',
      body: new TextEncoder().encode(html),
    };
    const renderMs = Math.round(performance.now() - startedAtMs);
    return this.extract(request, rendered, renderMs);
  }

  private async extract(
    request: ReadRequest,
    { url, mediaType, charset, body }: FetchedPage,
    renderMs: number | null,
  ): Promise<Reading> {
    const { options, encoding, wantsDirections, signal } = request;
    const task = { url, mediaType, charset, body, options, encoding, wantsDirections, renderMs };
    return { ...(await this.extractPool.extract(task, signal)), isRendered: renderMs !== null };
  }
}

function pagesRendered(
  { render_mode: mode, skip_extraction: isRaw }: CrawlOptions,
  rendering: Rendering | null,
): RenderPages {
  if (mode === 'Dynamic') return 'always';
  const isStatic = mode === 'Static' || mode === 'Html' || mode === 'Markdown' || mode === 'Pdf';
  return isStatic || isRaw === true || !rendering ? 'never' : rendering.pages;
}

function renderingIsOff(): CrawlFailure {
  const message =
    'The crawl asks for rendered pages, and rendering is off. Turn it on (setting riptide.engine.renderPages, or ' +
    '--render on the command line).';
  return new CrawlFailure('rendering-failed', message);
}
