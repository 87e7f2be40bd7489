import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrawlStore } from '../../src/store/crawlStore';
import { bundleWorker } from './bundle';

export const storeWorkerEntry = 'src/store/storeWorker.ts';

/** Stores in a folder of their own, for one test; `dispose` closes them and removes the folder. */
export class StoreFolder {
  readonly path: string;
  private readonly stores: CrawlStore[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<StoreFolder> {
    return new StoreFolder(await mkdtemp(join(tmpdir(), 'riptide-store-')));
  }

  get databasePath(): string {
    return join(this.path, 'storage', 'crawls.db');
  }

  async open(): Promise<CrawlStore> {
    const workerPath = await bundleWorker(storeWorkerEntry);
    const store = await CrawlStore.open({ path: this.databasePath, workerPath });
    this.stores.push(store);
    return store;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
    await rm(this.path, { recursive: true, force: true });
  }
}
