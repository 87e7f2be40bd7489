import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EncodedResult } from '../crawlEvent';
import { CountedCrawl, type CrawlParts } from './countedCrawl';
import { refusalOf } from './crawlRefusal';
import { HttpRefusal } from './httpRefusal';
import { Outbox } from './outbox';
import { readCrawlBody } from './readCrawlBody';
import { withDocument, withoutDocument } from './withDocument';

/** RipTide's limit for a whole answer (protocol 3.3). */
const answerTimeoutMs = 30_000;

const gates = ['raw', 'probes_first', 'headless', 'cached'] as const;

/**
 * Serves `POST /crawl`: all results in one answer, in the order of the request (protocol 3.3). After 30 s it answers
 * 408 without a body; unlike RipTide it then cancels the crawl, since it has no cache that a second try could use.
 *
 * @throws {HttpRefusal} for a body that is no crawl request, or one that may not run.
 */
export async function plainCrawl(
  parts: CrawlParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const outbox = new Outbox(response);
  // Ending the answer closes it, and with that the crawl.
  const limit = setTimeout(() => response.writeHead(408).end(), answerTimeoutMs);
  try {
    const body = await readCrawlBody(request);
    const refusal = refusalOf(body);
    if (refusal) throw HttpRefusal.envelope(400, refusal.type, refusal.message);
    const crawl = new CountedCrawl(parts, 'http', body);
    const byIndex = new Array<EncodedResult>(crawl.total);
    for await (const { index, result } of crawl.pages(outbox.signal)) byIndex[index] = result;
    // A site crawl may leave out seeds.
    const results = byIndex.filter(Boolean);
    if (outbox.signal.aborted || response.headersSent) return;
    clearTimeout(limit);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    for (const part of answerParts(crawl, results)) await outbox.write(part);
    response.end();
  } finally {
    clearTimeout(limit);
  }
}

/** The answer's JSON, one result at a time: a hundred large pages are more than one string can hold. */
function* answerParts(
  crawl: CountedCrawl,
  results: readonly EncodedResult[],
): Generator<string | Uint8Array> {
  const { total_urls, successful, failed, total_processing_time_ms } = crawl.summary;
  const totals = JSON.stringify({ total_urls, successful, failed, from_cache: crawl.fromCache });
  yield `${totals.slice(0, -1)},"results":[`;
  for (const [index, result] of results.entries()) {
    const json = `${index === 0 ? '' : ','}${JSON.stringify(withoutDocument(result))}`;
    yield withDocument(Buffer.from(json), result.document);
  }
  const statistics = {
    total_processing_time_ms,
    avg_processing_time_ms: averageMs(results.filter(({ error }) => error === null)),
    gate_decisions: Object.fromEntries(gates.map((gate) => [gate, countOf(results, gate)])),
    cache_hit_rate: crawl.cacheHitRate,
  };
  yield `],"statistics":${JSON.stringify(statistics)}}`;
}

function averageMs(results: readonly EncodedResult[]): number {
  if (results.length === 0) return 0;
  return results.reduce((sum, { processing_time_ms }) => sum + processing_time_ms, 0) / results.length;
}

function countOf(results: readonly EncodedResult[], gate: string): number {
  return results.filter(({ gate_decision }) => gate_decision === gate).length;
}
