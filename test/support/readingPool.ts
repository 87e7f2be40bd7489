import { ExtractPool, type ExtractPoolOptions } from '../../src/engine/extract/extractPool';
import type { ExtractedPage, ExtractTask, ReadPage } from '../../src/engine/extract/extractTask';
import type { ExtractedDocument } from '../../src/protocol/messages';
import { bundleWorker, packEngineData } from './bundle';

/** Of a page that was read for a crawl in JSON. */
export function documentOf({ document }: ReadPage): ExtractedDocument {
  return JSON.parse(Buffer.from(document.bytes).toString()) as ExtractedDocument;
}

/** Real worker threads that read what a test makes up; the Markdown converter runs in a bundle alone. */
export class ReadingPool {
  private pool: ExtractPool | null = null;

  async start(options: Partial<ExtractPoolOptions> = {}): Promise<void> {
    const workerPath = await bundleWorker('src/engine/extract/extractWorker.ts');
    await packEngineData();
    this.pool = new ExtractPool({ workerPath, size: 1, ...options });
  }

  async stop(): Promise<void> {
    await this.pool?.dispose();
  }

  async read(content: string | Uint8Array, more: Partial<ExtractTask> = {}): Promise<ExtractedPage> {
    if (!this.pool) throw new Error('Start the pool in a before hook.');
    const page = await this.pool.extract({
      url: 'https://example.com/',
      mediaType: 'text/html',
      charset: null,
      body: typeof content === 'string' ? new TextEncoder().encode(content) : content,
      options: {},
      encoding: 'json',
      renderMs: null,
      wantsDirections: false,
      ...more,
    });
    return { document: documentOf(page), directions: page.directions };
  }
}
