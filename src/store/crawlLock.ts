import { rmSync } from 'node:fs';
import { Database, isBusy } from './database';

/**
 * Held by the process in which a crawl runs. The operating system gives it back however that process ends, which
 * neither a process id (used again after a restart) nor a heartbeat (stale after the machine slept) can promise.
 */
export class CrawlLock {
  private readonly path: string;
  private readonly file: Database;

  private constructor(path: string, file: Database) {
    this.path = path;
    this.file = file;
  }

  /** `null` while another process, or this one, holds it. */
  static tryTake(path: string): CrawlLock | null {
    const file = new Database(path);
    try {
      file.execute('BEGIN EXCLUSIVE');
      return new CrawlLock(path, file);
    } catch (error) {
      file.close();
      if (isBusy(error)) return null;
      throw error;
    }
  }

  release(): void {
    this.file.close();
    rmSync(this.path, { force: true });
  }
}
