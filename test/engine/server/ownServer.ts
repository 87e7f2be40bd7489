import { Crawler } from '../../../src/engine/crawler';
import { ExtractPool } from '../../../src/engine/extract/extractPool';
import type { Resolve } from '../../../src/engine/fetch/connections';
import { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { defaultFetchSettings, type FetchSettings } from '../../../src/engine/fetchSettings';
import { PageReader } from '../../../src/engine/pageReader';
import { CrawlServer, type CrawlServerOptions } from '../../../src/engine/server/crawlServer';
import { bundleWorker } from '../../support/bundle';

export interface OwnServer {
  address: string;
  logged: string[];
  close(): Promise<void>;
}

/** The engine's server in this process, where a test can turn the clock and choose what it serves with. */
export async function startOwnServer(
  options: Pick<CrawlServerOptions, 'compressesFor' | 'strict'> = {},
  settings: Partial<FetchSettings> = {},
  resolve?: Resolve,
): Promise<OwnServer> {
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const extractPool = new ExtractPool({
    workerPath: await bundleWorker('src/engine/extract/extractWorker.ts'),
  });
  const fetcher = new PageFetcher({ ...defaultFetchSettings, ...settings }, resolve);
  const server = new CrawlServer({
    host: '127.0.0.1',
    port: 0,
    token: null,
    version: '0.0.0',
    crawler: new Crawler(fetcher, new PageReader(extractPool)),
    logger: { debug: () => undefined, info: log, warn: log, error: log },
    ...options,
  });
  return {
    address: `http://127.0.0.1:${await server.listen()}`,
    logged,
    close: async () => {
      await server.close();
      fetcher.dispose();
      await extractPool.dispose();
    },
  };
}
