import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { EngineProcess } from '../app/engineProcess';
import { readUrlList } from '../app/urlList';
import type { Logger } from '../base/logger';
import { throttle } from '../base/throttle';
import type { Crawl } from '../client/crawlEvent';
import { RipTideClient, type RipTideClientOptions } from '../client/ripTideClient';
import type { SiteCrawl } from '../client/siteCrawlEvent';
import type { CrawlRecord, StoredPage } from '../store/records';
import type { CrawlLine } from './commandLine';
import { crawledPages } from './crawledPages';
import { markdownOutput, ndjsonFileOutput, ndjsonOutput, type PageOutput } from './pageOutput';

const progressIntervalMs = 100;

export interface CrawlRunParts {
  input: Readable;
  output: Writable;
  /** Progress, the account, and what went wrong. */
  notes: Writable & { isTTY?: boolean };
  /** The built engine. */
  enginePath: string;
  /** For `--server`; empty for none. */
  apiKey: string;
  /** Stops the crawl; what has come by then is kept. */
  signal: AbortSignal;
}

/** The arguments were read well, but what they name cannot be crawled. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/**
 * Makes the crawl that the command line asks for. Returns whether every page succeeded; what a site crawl leaves out by
 * its rules counts for neither.
 *
 * @throws {BadInput}; {@link ClientError}, {@link EngineError}, {@link ExportError} or {@link CrawlHeld} why it is not
 * finished.
 */
export async function runCrawl(line: CrawlLine, parts: CrawlRunParts): Promise<boolean> {
  const urls = [...line.urls, ...(await readList(line.list, parts.input))];
  if (urls.length === 0) throw new BadInput('There is no URL in the list');
  const logger = noteLogger(parts);
  const engine = line.server === null ? new EngineProcess(parts.enginePath, () => line.fetch, logger) : null;
  try {
    const client = new RipTideClient({ ...(await serverOf(line, engine, parts.apiKey)), logger });
    try {
      return await crawl(client, urls, line, parts);
    } finally {
      await client.close();
    }
  } finally {
    await engine?.stop();
  }
}

async function readList(list: string | null, input: Readable): Promise<string[]> {
  if (list === null) return [];
  const content = await (list === '-' ? readAll(input) : readFile(list, 'utf8')).catch((error: unknown) => {
    throw new BadInput(`${list} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { urls, problems } = readUrlList(content);
  // Told by the crawl as well, where they are skipped with a reason.
  return [...urls, ...problems.map(({ text }) => text)];
}

async function serverOf(
  line: CrawlLine,
  engine: EngineProcess | null,
  apiKey: string,
): Promise<RipTideClientOptions> {
  if (engine) {
    const { address, token } = await engine.start();
    return { address, apiKey: token };
  }
  return { address: line.server ?? '', ...(apiKey !== '' && { apiKey }) };
}

async function crawl(
  client: RipTideClient,
  urls: readonly string[],
  line: CrawlLine,
  parts: CrawlRunParts,
): Promise<boolean> {
  const hooks = { signal: parts.signal };
  const running = line.site ? client.crawlSite(urls, line.site, hooks) : client.crawl(urls, null, hooks);
  const startedAtMs = Date.now();
  const write = outputOf(line, parts.output, () => recordOf(running, urls, line, startedAtMs));
  try {
    await write(shown(crawledPages(running, urls), running, line, parts.notes));
  } finally {
    if (!line.isQuiet) parts.notes.write(`${accountOf(running)}\n`);
  }
  const { failed, skipped } = running.counts;
  return failed === 0 && (line.site !== null || skipped === 0);
}

function outputOf({ format, out }: CrawlLine, output: Writable, describe: () => CrawlRecord): PageOutput {
  if (out === null) return ndjsonOutput(output);
  return format === 'markdown' ? markdownOutput(out, describe) : ndjsonFileOutput(out);
}

/** The same pages, while how far it has come is shown to whoever looks on. */
async function* shown(
  pages: AsyncIterable<StoredPage>,
  running: Crawl | SiteCrawl,
  { isQuiet }: CrawlLine,
  notes: CrawlRunParts['notes'],
): AsyncGenerator<StoredPage> {
  if (isQuiet || notes.isTTY !== true) {
    yield* pages;
    return;
  }
  const show = throttle(progressIntervalMs, () => notes.write(`\r\x1b[K${accountOf(running)}`));
  try {
    for await (const page of pages) {
      yield page;
      show();
    }
  } finally {
    show.dispose();
    notes.write('\r\x1b[K');
  }
}

function accountOf({ counts }: Crawl | SiteCrawl): string {
  const { asked, succeeded, failed, skipped, outstanding } = counts;
  return `${asked} URLs: ${succeeded} succeeded, ${failed} failed, ${skipped} skipped, ${outstanding} outstanding`;
}

function recordOf(
  { counts }: Crawl | SiteCrawl,
  urls: readonly string[],
  { server, site }: CrawlLine,
  startedAtMs: number,
): CrawlRecord {
  const endedAtMs = Date.now();
  return {
    id: randomUUID(),
    title: urls[0] ?? '',
    server: server ?? 'built-in',
    startedAtMs,
    options: {},
    site,
    elapsedBeforeMs: 0,
    state: counts.outstanding === 0 ? { kind: 'completed', endedAtMs } : { kind: 'cancelled', endedAtMs },
    counts: { ...counts },
  };
}

/** Only what needs attention, and nothing of what follows from a stop. */
function noteLogger({ notes, signal }: CrawlRunParts): Logger {
  const tell = (message: string): void => {
    if (!signal.aborted) notes.write(`riptide: ${message}\n`);
  };
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
}
