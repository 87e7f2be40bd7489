import type { Batch } from './batchQueue';
import type { CrawlAccount } from './crawlAccount';
import { refusalOf, type UrlRules } from './urlCheck';

/** Skips what the server would refuse, and returns the rest. */
export function leaveOutRefused(account: CrawlAccount, batch: Batch, rules: UrlRules): Batch {
  return batch.filter((index) => {
    const refusal = refusalOf(account.urlOf(index), rules);
    if (refusal !== undefined) account.skip(index, refusal);
    return refusal === undefined;
  });
}

/**
 * Puts back a batch that was refused for one of its URLs. The server names it in words that are its own to change;
 * halving finds every refused one. Those that break a rule of RipTide's go first by themselves, since each request
 * counts against the server's limit.
 */
export function isolateRefused(account: CrawlAccount, batch: Batch): void {
  const { batches } = account;
  const isSuspect = (index: number): boolean => refusalOf(account.urlOf(index), 'riptide') !== undefined;
  const suspects = batch.filter(isSuspect);
  if (suspects.length === 0 || suspects.length === batch.length) {
    batches.putBackHalved(batch);
  } else {
    batches.putBackHalved(suspects);
    batches.putBack(batch.filter((index) => !isSuspect(index)));
  }
}
