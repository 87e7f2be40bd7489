export type StoreFault =
  /** The editor's runtime has no `node:sqlite`. */
  | 'unavailable'
  /** The file was written by a later version of the extension. */
  | 'newer-version'
  /** The file is damaged, or no database at all. */
  | 'corrupt'
  /** No space left on the disk. */
  | 'full'
  | 'closed'
  /** No such crawl, or no such page in it. */
  | 'not-found'
  /** The crawl runs already, here or in another window. */
  | 'running'
  | 'failed';

/** Why the store could not do what was asked; `message` names the file or the crawl and says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreFault;

  constructor(reason: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
