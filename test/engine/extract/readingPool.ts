import { ExtractPool } from '../../../src/engine/extract/extractPool';
import type { ExtractedPage, ExtractTask } from '../../../src/engine/extract/extractTask';
import { bundleWorker } from '../../support/bundle';

/** Real worker threads that read what a test makes up; the Markdown converter runs in a bundle alone. */
export class ReadingPool {
  private pool: ExtractPool | null = null;

  async start(): Promise<void> {
    const workerPath = await bundleWorker('src/engine/extract/extractWorker.ts');
    await bundleWorker('src/engine/extract/pdf/pdfReader.ts');
    this.pool = new ExtractPool({ workerPath, size: 1 });
  }

  async stop(): Promise<void> {
    await this.pool?.dispose();
  }

  async read(content: string | Uint8Array, more: Partial<ExtractTask> = {}): Promise<ExtractedPage> {
    if (!this.pool) throw new Error('Start the pool in a before hook.');
    return this.pool.extract({
      url: 'https://example.com/',
      mediaType: 'text/html',
      charset: null,
      body: typeof content === 'string' ? new TextEncoder().encode(content) : content,
      options: {},
      isRendered: false,
      wantsDirections: false,
      ...more,
    });
  }
}
