import { CrawlFailure } from '../crawlFailure';

/** Tries beyond the first. */
export const maxRetries = 2;

const firstDelayMs = 500;

/** What may pass by itself within seconds; nothing that a site decided, and nothing that is so by its nature. */
const passingReasons = new Set(['dns', 'refused', 'reset', 'timeout', 'http-408', 'http-425', 'http-429']);

/** Answers of the 500s by which a server says that it cannot do this at all. */
const lastingStatuses = new Set([501, 505, 506, 508, 510, 511]);

/** Whether trying the same request again in a moment is worth its cost. */
export function canPass(failure: CrawlFailure): boolean {
  if (!failure.isRetryable) return false;
  if (passingReasons.has(failure.reason)) return true;
  return (
    failure.reason === `http-${failure.status}` &&
    failure.status >= 500 &&
    !lastingStatuses.has(failure.status)
  );
}

/**
 * How long to wait before a further try: twice as long each time, and anything from half of that on, so that pages
 * which failed together do not come back together.
 *
 * @param retry counts from 1.
 * @param random 0 to below 1.
 */
export function retryDelayMs(retry: number, random: number): number {
  return firstDelayMs * 2 ** (retry - 1) * (0.5 + random / 2);
}

/** The same failure, which says how often it was tried. */
export function afterTries(failure: CrawlFailure, tries: number): CrawlFailure {
  if (tries < 2) return failure;
  const { reason, isRetryable, status, cause } = failure;
  return new CrawlFailure(reason, `${failure.message} It was tried ${tries} times.`, {
    isRetryable,
    status,
    cause,
  });
}
