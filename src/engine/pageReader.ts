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

const markupTypes = new Set(['text/html', 'application/xhtml+xml']);

/** Makes documents of fetched pages, of some by what a browser renders of them. */
export class PageReader {
  constructor(
    private readonly extractPool: ExtractPool,
    /** Without it no browser is ever started, whatever a crawl asks for. */
    private readonly rendering: Rendering | null = null,
  ) {}

  /**
   * Takes the body along: do not use `page.body` afterwards.
   *
   * @throws {CrawlFailure} Why there is no document.
   */
  async read(request: ReadRequest): Promise<ReadPage> {
    const { page } = request;
    const rendering = markupTypes.has(page.mediaType) ? this.renderingOf(request.options) : null;
    if (!rendering || rendering.pages === 'never') return this.extract(request, page, null);
    if (rendering.pages === 'always') return this.readRendered(request, page, rendering.renderer);
    try {
      // The thread keeps what it is given, and the browser may need it yet.
      return await this.extract(request, { ...page, body: page.body.slice() }, null);
    } catch (error) {
      if (!(error instanceof CrawlFailure) || error.reason !== 'needs-javascript') throw error;
      return this.readRendered(request, page, rendering.renderer);
    }
  }

  private renderingOf({ render_mode: mode, skip_extraction: isRaw }: CrawlOptions): Rendering | null {
    if (mode === 'Dynamic') {
      if (!this.rendering) throw renderingIsOff();
      return { ...this.rendering, pages: 'always' };
    }
    const isStatic = mode === 'Static' || mode === 'Html' || mode === 'Markdown' || mode === 'Pdf';
    return isStatic || isRaw === true ? null : this.rendering;
  }

  private async readRendered(request: ReadRequest, page: FetchedPage, renderer: Renderer): Promise<ReadPage> {
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

  private extract(
    request: ReadRequest,
    { url, mediaType, charset, body }: FetchedPage,
    renderMs: number | null,
  ): Promise<ReadPage> {
    const { options, encoding, wantsDirections, signal } = request;
    const task = { url, mediaType, charset, body, options, encoding, wantsDirections, renderMs };
    return this.extractPool.extract(task, signal);
  }
}

function renderingIsOff(): CrawlFailure {
  const message =
    'The crawl asks for rendered pages, and rendering is off. Turn it on (setting riptide.engine.renderPages, or ' +
    '--render on the command line).';
  return new CrawlFailure('rendering-failed', message);
}
