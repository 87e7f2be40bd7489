import type { CrawlFailure } from '../crawlFailure';
import type { ExtractTask, ReadPage } from './extractTask';

/** Of a thread, as the scheduler of the system is to have it. */
export type ThreadPriority = 'normal' | 'low';

/** A page that waits to be read, or is read. */
export interface ExtractJob {
  readonly task: ExtractTask;
  /** Only the first outcome counts. */
  settle(outcome: ReadPage | CrawlFailure): void;
}

/** To copy so much costs no more than to hand it over does. */
const maxCopiedBytes = 256 * 1024;

/** Few pages are larger, and those take long. */
const maxSwiftBytes = 1024 * 1024;

/** Its thread gets a copy, so that another one can read it after all. */
export function isCopied({ task }: ExtractJob): boolean {
  return task.body.byteLength <= maxCopiedBytes;
}

/** Large pages are read at low priority, so that those beside them keep their speed. */
export function priorityOf({ task }: ExtractJob): ThreadPriority {
  return task.body.byteLength <= maxSwiftBytes ? 'normal' : 'low';
}
