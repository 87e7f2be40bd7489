import { setMaxListeners } from 'node:events';
import type { Disposable } from '../../base/emitter';
import { CrawlFailure } from '../crawlFailure';
import type { FetchSettings } from '../fetchSettings';
import { resolveBySystem, type Resolve } from './connections';
import type { FetchedPage } from './fetchedPage';
import { followRedirects, type Hop } from './followRedirects';
import { HttpClient, type HttpHead, type HttpResponse } from './httpClient';
import { Lane } from './lane';
import { isBinary, judgeMediaType, parseContentType } from './mediaType';
import { httpFailure } from './networkFailure';
import { Politeness } from './politeness';
import { retryAfterMs } from './retryAfter';
import { emptyRobots, maxRobotsBytes, type Robots } from './robots';
import { RobotsCache } from './robotsCache';
import { shownUrl, withoutCredentials } from './shownUrl';

/** Of one page, decompressed. */
const maxPageBytes = 10 * 1024 * 1024;

const acceptPages =
  'text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,text/*;q=0.8,application/json;q=0.7,*/*;q=0.1';

/** Fetches pages as a guest: by the rules of robots.txt, in turn, and to no address that is off limits. */
export class PageFetcher implements Disposable {
  private readonly client: HttpClient;
  private readonly politeness: Politeness;
  private readonly robots = new RobotsCache();
  private readonly lane: Lane;

  constructor(
    private readonly settings: FetchSettings,
    resolve: Resolve = resolveBySystem,
  ) {
    this.client = new HttpClient(settings.userAgent, resolve);
    this.politeness = new Politeness(settings.perHost);
    this.lane = new Lane(settings.concurrency);
  }

  /**
   * A lane for one crawl. Without a `concurrency` of its own it shares the engine's with all others of the kind.
   *
   * @param concurrency Pages at once, 1 at least.
   */
  openLane(concurrency: number | undefined): Lane {
    return new Lane(concurrency ?? Infinity, {
      ...(concurrency === undefined && { shared: this.lane }),
      // As many as are fetched at once may wait for their reader, so that fetching need not wait for reading.
      maxPagesAhead: 2 * (concurrency ?? this.settings.concurrency),
      onRoom: () => this.politeness.admit(),
    });
  }

  /**
   * Fetches a page that the user asked for, so that it may be on a private address.
   *
   * @param url One that `checkUrl` has no objection to.
   * @param onStart Called when its turn has come, so that its time can be told from its waiting; not before
   *   the site's robots.txt was read.
   * @param lane Of the crawl that the page belongs to.
   * @throws {CrawlFailure} Why there is no page.
   */
  async fetch(
    url: string,
    signal: AbortSignal,
    onStart: () => void,
    lane: Lane = this.lane,
  ): Promise<FetchedPage> {
    // One signal cancels all pages of a crawl, so many listeners on it are no leak.
    setMaxListeners(0, signal);
    let leftMs = this.settings.timeoutMs;
    let isStarted = false;
    const response = await followRedirects(new URL(url), async (hop) => {
      const robots = await this.robotsFor(hop, lane, signal);
      if (!robots.isAllowed(hop.url)) throw disallowed(hop.url);
      const end = await this.politeness.enter({
        hostname: hop.url.hostname,
        delayMs: Math.max(this.settings.delayMs, robots.crawlDelayMs),
        lane,
        isNewPage: !isStarted,
        signal,
      });
      if (!isStarted) onStart();
      isStarted = true;
      const startedMs = performance.now();
      try {
        return await this.get(hop, signal, leftMs);
      } finally {
        leftMs = Math.max(0, leftMs - (performance.now() - startedMs));
        end();
      }
    });
    return toPage(response);
  }

  dispose(): void {
    this.politeness.dispose();
    this.client.dispose();
  }

  private async get(hop: Hop, signal: AbortSignal, timeoutMs: number): Promise<HttpResponse> {
    const response = await this.client.get({
      ...hop,
      accept: acceptPages,
      maxBytes: maxPageBytes,
      timeoutMs,
      signal,
      wantsBody: (head) => isSuccess(head) && judgeMediaType(contentTypeOf(head).mediaType) !== 'other',
    });
    this.heedRetryAfter(response);
    return response;
  }

  private robotsFor(hop: Hop, lane: Lane, signal: AbortSignal): Promise<Robots> {
    if (!this.settings.obeyRobots) return Promise.resolve(emptyRobots);
    return this.robots.robotsFor(
      hop.url,
      hop.reach,
      (url, own) => this.readRobots(url, hop, lane, own),
      signal,
    );
  }

  private readRobots(robotsUrl: URL, page: Hop, lane: Lane, signal: AbortSignal): Promise<HttpResponse> {
    return followRedirects(robotsUrl, async ({ url, reach }) => {
      // Asked for once for many pages, and only for their sake: no page has to wait out a delay after it.
      const end = await this.politeness.enter({
        hostname: url.hostname,
        delayMs: 0,
        lane,
        // Other crawls may wait for the same one.
        isNewPage: false,
        signal,
      });
      try {
        const response = await this.client.get({
          url,
          reach: page.reach === 'any' ? reach : 'public',
          accept: 'text/plain,*/*;q=0.1',
          maxBytes: maxRobotsBytes,
          timeoutMs: this.settings.timeoutMs,
          signal,
          wantsBody: isSuccess,
        });
        this.heedRetryAfter(response);
        return response;
      } finally {
        end();
      }
    });
  }

  private heedRetryAfter({ url, status, headers }: HttpHead): void {
    const waitMs = status === 429 || status === 503 ? retryAfterMs(headers['retry-after']) : 0;
    if (waitMs > 0) this.politeness.holdOff(url.hostname, waitMs);
  }
}

function toPage(response: HttpResponse): FetchedPage {
  const { url, status, body, isTruncated, address } = response;
  if (!isSuccess(response)) throw httpFailure(url, status);
  const { mediaType, charset } = contentTypeOf(response);
  const verdict = judgeMediaType(mediaType);
  if (verdict === 'other' || (verdict === 'unclear' && isBinary(body))) {
    const what = mediaType === '' ? 'binary data' : mediaType;
    const message = `${shownUrl(url)} is ${what}, not a page with text. Open it in a browser instead.`;
    throw new CrawlFailure('not-html', message, { isRetryable: false, status });
  }
  return { url: withoutCredentials(url), status, mediaType, charset, body, address, isTruncated };
}

function isSuccess({ status }: HttpHead): boolean {
  return status >= 200 && status < 300;
}

function contentTypeOf({ headers }: HttpHead): ReturnType<typeof parseContentType> {
  return parseContentType(headers['content-type']);
}

function disallowed(url: URL): CrawlFailure {
  const message = `The robots.txt of ${url.host} asks crawlers to leave ${shownUrl(url)} alone.`;
  return new CrawlFailure('robots', message, { isRetryable: false });
}
