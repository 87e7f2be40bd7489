import type { AddedPages, AddedResult, Addition } from './storeMessages';

/** A result as the server sent it, still to be decoded. */
export interface RawResult {
  kind: 'raw';
  crawlId: string;
  /** In the whole crawl. */
  index: number;
  message: Buffer;
}

export type Added = AddedResult | AddedPages | RawResult;

/**
 * Makes one message for the store's thread of what was added, in the same order. Results in a row share one addition, and
 * are copied once: what the socket reads into holds many of them, so it cannot be given away.
 */
export function packAdditions(added: readonly Added[]): { additions: Addition[]; bytes: ArrayBuffer } {
  const size = added.reduce((sum, item) => sum + (item.kind === 'raw' ? item.message.length : 0), 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  const additions: Addition[] = [];
  let end = 0;
  for (const item of added) {
    if (item.kind !== 'raw') {
      additions.push(item);
      continue;
    }
    const { crawlId, index, message } = item;
    end += message.copy(bytes, end);
    const last = additions.at(-1);
    if (last?.kind === 'addRaw' && last.crawlId === crawlId) {
      last.indexes.push(index);
      last.lengths.push(message.length);
    } else {
      additions.push({ kind: 'addRaw', crawlId, indexes: [index], lengths: [message.length] });
    }
  }
  return { additions, bytes: bytes.buffer };
}
