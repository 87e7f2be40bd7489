import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CrawledPage } from '../crawlEvent';
import { CountedCrawl, type CrawlParts } from './countedCrawl';
import { refusalOf } from './crawlRefusal';
import { Outbox } from './outbox';
import { readCrawlBody } from './readCrawlBody';

/** RipTide's interval between the comments of a quiet SSE stream (protocol 3.2). */
const commentAfterMs = 30_000;

/** How one kind of stream spells what happens in a crawl; each returns whole lines, in UTF-8. */
export interface StreamFormat {
  readonly transport: 'ndjson' | 'sse';
  readonly contentType: string;
  /** Sent when nothing else was for 30 s; `null` where the format has no room for it. */
  readonly comment: string | null;
  begin(requestId: string, crawl: CountedCrawl): string;
  page(page: CrawledPage, crawl: CountedCrawl): Uint8Array;
  end(crawl: CountedCrawl): string;
  refusal(message: string): string;
}

/**
 * Serves one crawl as the body of an HTTP answer, page by page, at the reader's pace, and cancels it when the reader
 * leaves (RipTide lets it run on).
 *
 * @throws {HttpRefusal} for a body that is no crawl request.
 */
export async function streamCrawl(
  format: StreamFormat,
  parts: CrawlParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const outbox = new Outbox(response);
  const body = await readCrawlBody(request);
  const refusal = refusalOf(body);
  // No CORS header, which RipTide sends to everyone: a page that the user merely visits has no business here.
  const headers = {
    'Content-Type': format.contentType,
    'Cache-Control': 'no-cache',
    // Keeps proxies from holding lines back; RipTide sends it with refusals alone.
    'X-Accel-Buffering': 'no',
  };
  if (refusal) {
    // RipTide says 500 here, with this same body (A: 400), so its clients have to look at the body anyway.
    response.writeHead(400, headers).end(format.refusal(refusal.message));
    return;
  }
  const requestId = randomUUID();
  const crawl = new CountedCrawl(parts, format.transport, body);
  const quiet = setInterval(() => {
    if (format.comment !== null && !response.writableNeedDrain) response.write(format.comment);
  }, commentAfterMs);
  const write = async (lines: string | Uint8Array): Promise<void> => {
    quiet.refresh();
    await outbox.write(lines);
  };
  try {
    // At RipTide only NDJSON has the id in its head as well; SSE's clients lose nothing by it.
    response.writeHead(200, { ...headers, 'X-Request-ID': requestId });
    await write(format.begin(requestId, crawl));
    for await (const page of crawl.pages(outbox.signal)) await write(format.page(page, crawl));
    if (!outbox.signal.aborted) response.end(format.end(crawl));
  } finally {
    clearInterval(quiet);
  }
}
