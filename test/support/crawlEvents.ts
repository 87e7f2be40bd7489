import assert from 'node:assert/strict';
import type { LedgerCounts } from '../../src/client/ledger';

interface OpenCrawl<Event> extends AsyncIterableIterator<Event> {
  readonly counts: LedgerCounts;
}

/** Every event of a crawl, which must leave nothing outstanding. */
export async function readToEnd<Event>(crawl: OpenCrawl<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of crawl) events.push(event);
  assert.equal(crawl.counts.outstanding, 0);
  return events;
}

/** Reads as far as the next event of this type. */
export async function readUntil<Event extends { message_type: string }>(
  crawl: AsyncIterator<Event, unknown>,
  type: Event['message_type'],
): Promise<void> {
  for (;;) {
    const next = await crawl.next();
    assert.ok(next.done !== true, `the crawl ended before a ${type}`);
    if (next.value.message_type === type) return;
  }
}
