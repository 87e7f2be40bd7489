import { setMaxListeners } from 'node:events';
import type { Validators } from '../../protocol/messages';
import type { Disposable } from '../../base/emitter';
import type { Logger } from '../../base/logger';
import { CrawlFailure } from '../crawlFailure';
import type { FetchSettings } from '../fetchSettings';
import type { Reach } from './addressRules';
import { resolveBySystem, type Resolve } from './connections';
import { CrawlCookies } from './crawlCookies';
import type { FetchedPage } from './fetchedPage';
import { followRedirects, type Hop } from './followRedirects';
import { HostDelays } from './hostDelays';
import { HostHeaders } from './hostHeaders';
import { HttpClient, type HttpHead, type HttpRequest, type HttpResponse } from './httpClient';
import { Lane } from './lane';
import { isBinary, judgeMediaType, parseContentType } from './mediaType';
import { httpFailure } from './networkFailure';
import { orUncompressed, type CodingHeader } from './orUncompressed';
import { announcesOversizedPdf, refuseOversizedPdf } from './oversizedPdf';
import { maxBackOffMs, Politeness } from './politeness';
import { afterTries, canPass, maxRetries, retryDelayMs } from './retries';
import { retryAfterMs } from './retryAfter';
import { emptyRobots, maxRobotsBytes, type Robots } from './robots';
import { RobotsCache } from './robotsCache';
import { isNofollowTag } from './robotsTag';
import { shownUrl, withoutCredentials } from './shownUrl';
import { conditionalHeaders, validatorsOf } from './validators';
import { waitFor } from './waitFor';

/** Of one page, decompressed. */
const maxPageBytes = 10 * 1024 * 1024;

const acceptPages =
  'text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,text/*;q=0.8,application/json;q=0.7,*/*;q=0.1';

/** A file that is fetched for the sake of pages. */
type AsideRequest = Pick<HttpRequest, 'reach' | 'accept' | 'maxBytes' | 'takeBody'>;

const robotsFile = { accept: 'text/plain,*/*;q=0.1', maxBytes: maxRobotsBytes };

/** One page while it is fetched, over all its hops and tries. */
interface Visit {
  asked: URL;
  signal: AbortSignal;
  lane: Lane;
  reach: Reach;
  validators: Validators | null;
  onStart: () => void;
  isStarted: boolean;
  /** Of its time; waiting costs none. */
  leftMs: number;
  /** By the last answer. */
  retryAfterMs: number;
}

/** Fetches pages as a guest: by the rules of robots.txt, in turn, and to no address that is off limits. */
export class PageFetcher implements Disposable {
  private readonly client: HttpClient;
  private readonly politeness: Politeness;
  private readonly robots = new RobotsCache();
  private readonly lane: Lane;
  private readonly hostHeaders: HostHeaders;
  private readonly hostDelays: HostDelays;
  /** A lane is that of one crawl. */
  private readonly cookies = new WeakMap<Lane, CrawlCookies>();

  /** @param random source of the jitter, from 0 to below 1. */
  constructor(
    private readonly settings: FetchSettings,
    resolve: Resolve = resolveBySystem,
    private readonly random: () => number = Math.random,
    logger: Logger | null = null,
  ) {
    this.client = new HttpClient(settings.userAgent, resolve, settings.proxy);
    this.politeness = new Politeness(settings.perHost, random);
    this.lane = new Lane(settings.concurrency);
    this.hostHeaders = new HostHeaders(settings.headers);
    this.hostDelays = new HostDelays(settings.delayMs, logger);
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
   * Fetches a page. What may pass is tried again.
   *
   * @param url One that `checkUrl` has no objection to.
   * @param onStart Called when its turn has come, so that its time can be told from its waiting; not before
   *   the site's robots.txt was read.
   * @param lane Of the crawl that the page belongs to.
   * @param validators Of the page as it is known already: then there is no body when it has not changed.
   * @param reach `any` for a page that the user asked for, so that it may be on a private address.
   * @throws {CrawlFailure} Why there is no page.
   */
  async fetch(
    url: string,
    signal: AbortSignal,
    onStart: () => void,
    lane: Lane = this.lane,
    validators: Validators | null = null,
    reach: Reach = 'any',
  ): Promise<FetchedPage> {
    // One signal cancels all pages of a crawl, so many listeners on it are no leak.
    setMaxListeners(0, signal);
    const leftMs = this.settings.timeoutMs;
    const asked = new URL(url);
    const visit: Visit = {
      asked,
      signal,
      lane,
      reach,
      validators,
      onStart,
      isStarted: false,
      leftMs,
      retryAfterMs: 0,
    };
    for (let tries = 1; ; tries++) {
      try {
        const response = await this.follow(visit);
        return toPage(response, validators !== null, this.cookieHeaderFor(response.url, lane));
      } catch (error) {
        if (!(error instanceof CrawlFailure)) throw error;
        // A failure before its turn is one of the site's robots.txt, which is kept for all its pages.
        const isLast = tries > maxRetries || !visit.isStarted || visit.leftMs === 0;
        if (isLast || !canPass(error) || visit.retryAfterMs > maxBackOffMs) throw afterTries(error, tries);
        await waitFor(retryDelayMs(tries, this.random()), signal);
      }
    }
  }

  /** @throws {CrawlFailure} Why the site must be left alone. */
  async robotsOf(url: URL, reach: Reach, lane: Lane, signal: AbortSignal): Promise<Robots> {
    setMaxListeners(0, signal);
    return this.robotsFor({ url, reach }, lane, signal);
  }

  /**
   * Fetches a file that is no page, such as a sitemap.
   *
   * @param takeBody bounds by itself how much it reads.
   * @throws {CrawlFailure}
   */
  async download(
    file: URL,
    reach: Reach,
    takeBody: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
    lane: Lane,
    signal: AbortSignal,
  ): Promise<void> {
    setMaxListeners(0, signal);
    const wanted = { reach, accept: '*/*', maxBytes: 0, takeBody };
    const response = await this.readAside(file, wanted, lane, signal);
    if (!isSuccess(response)) throw httpFailure(response.url, response.status);
  }

  dispose(): void {
    this.politeness.dispose();
    this.client.dispose();
  }

  private follow(visit: Visit): Promise<HttpResponse> {
    const { lane, signal } = visit;
    const fetchHop = async (hop: Hop): Promise<HttpResponse> => {
      const robots = await this.robotsFor(hop, lane, signal);
      if (!robots.isAllowed(hop.url)) throw disallowed(hop.url);
      return orUncompressed((coding) => this.getInTurn(hop, visit, robots, coding));
    };
    return followRedirects(visit.asked, fetchHop, visit.reach);
  }

  private async getInTurn(
    hop: Hop,
    visit: Visit,
    robots: Robots,
    coding: CodingHeader,
  ): Promise<HttpResponse> {
    const { lane, signal } = visit;
    const end = await this.politeness.enter({
      hostname: hop.url.hostname,
      delayMs: this.hostDelays.delayMs(hop.url, robots),
      lane,
      isNewPage: !visit.isStarted,
      signal,
    });
    if (!visit.isStarted) visit.onStart();
    visit.isStarted = true;
    const startedMs = performance.now();
    try {
      return await this.get(hop, visit, coding);
    } finally {
      visit.leftMs = Math.max(0, visit.leftMs - (performance.now() - startedMs));
      end();
    }
  }

  private async get(hop: Hop, visit: Visit, coding: CodingHeader): Promise<HttpResponse> {
    visit.retryAfterMs = 0;
    const response = await this.client.get({
      ...hop,
      accept: acceptPages,
      headers: { ...this.headersFor(hop.url, visit), ...coding },
      maxBytes: maxPageBytes,
      timeoutMs: visit.leftMs,
      signal: visit.signal,
      wantsBody: (head) =>
        isSuccess(head) &&
        judgeMediaType(contentTypeOf(head).mediaType) !== 'other' &&
        !announcesOversizedPdf(head, maxPageBytes),
    });
    visit.retryAfterMs = this.heed(response);
    this.cookiesOf(visit.lane)?.take(hop.url, response.headers['set-cookie']);
    return response;
  }

  private headersFor(url: URL, { asked, lane, validators }: Visit): Record<string, string> {
    const cookies = this.cookieHeaderFor(url, lane);
    return {
      // What another host is redirected to is not the page that they are of, as far as we know.
      ...(validators && url.hostname === asked.hostname && conditionalHeaders(validators)),
      ...this.hostHeaders.headersFor(url),
      ...(cookies !== '' && { Cookie: cookies }),
    };
  }

  /** The login that the user has set, and what the crawl was given. */
  private cookieHeaderFor(url: URL, lane: Lane): string {
    const own = Object.entries(this.hostHeaders.headersFor(url));
    const login = own.find(([name]) => name.toLowerCase() === 'cookie')?.[1];
    return [login, this.cookiesOf(lane)?.headerFor(url)].filter(Boolean).join('; ');
  }

  /** None for what belongs to no crawl. */
  private cookiesOf(lane: Lane): CrawlCookies | undefined {
    if (lane === this.lane) return undefined;
    let cookies = this.cookies.get(lane);
    if (!cookies) this.cookies.set(lane, (cookies = new CrawlCookies()));
    return cookies;
  }

  private robotsFor(hop: Hop, lane: Lane, signal: AbortSignal): Promise<Robots> {
    if (!this.settings.obeyRobots) return Promise.resolve(emptyRobots);
    return this.robots.robotsFor(
      hop.url,
      hop.reach,
      (url, own) => this.readAside(url, { ...robotsFile, reach: hop.reach }, lane, own),
      signal,
    );
  }

  private readAside(file: URL, wanted: AsideRequest, lane: Lane, signal: AbortSignal): Promise<HttpResponse> {
    const get = async ({ url, reach }: Hop, coding: CodingHeader): Promise<HttpResponse> => {
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
          ...wanted,
          url,
          reach,
          headers: { ...this.hostHeaders.headersFor(url), ...coding },
          timeoutMs: this.settings.timeoutMs,
          signal,
          wantsBody: isSuccess,
        });
        this.heed(response);
        return response;
      } finally {
        end();
      }
    };
    const fetchHop = (hop: Hop): Promise<HttpResponse> => orUncompressed((coding) => get(hop, coding));
    return followRedirects(file, fetchHop, wanted.reach);
  }

  /** Leaves a host alone that asks for fewer requests. Returns how long it wants that, as far as it says so. */
  private heed({ url, status, headers }: HttpHead): number {
    if (status !== 429 && status !== 503) {
      this.politeness.welcomed(url.hostname);
      return 0;
    }
    const wishedMs = retryAfterMs(headers['retry-after']);
    this.politeness.backOff(url.hostname, wishedMs);
    return wishedMs;
  }
}

function toPage(response: HttpResponse, isConditional: boolean, cookies: string): FetchedPage {
  const { url, status, body, isTruncated, address } = response;
  const isUnchanged = status === 304 && isConditional;
  if (!isSuccess(response) && !isUnchanged) throw httpFailure(url, status);
  const { mediaType, charset } = contentTypeOf(response);
  const validators = validatorsOf(response.headers);
  const page = {
    url: withoutCredentials(url),
    status,
    mediaType,
    charset,
    body,
    address,
    isTruncated,
    isNofollow: isNofollowTag(response.headers['x-robots-tag']),
    cookies,
    validators,
  };
  if (isUnchanged) return page;
  refuseOversizedPdf(response, maxPageBytes);
  const verdict = judgeMediaType(mediaType);
  if (verdict === 'other' || (verdict === 'unclear' && isBinary(body))) {
    const what = mediaType === '' ? 'binary data' : mediaType;
    const message = `${shownUrl(url)} is ${what}, not a page with text. Open it in a browser instead.`;
    throw new CrawlFailure('not-html', message, { status });
  }
  return page;
}

function isSuccess({ status }: HttpHead): boolean {
  return status >= 200 && status < 300;
}

function contentTypeOf({ headers }: HttpHead): ReturnType<typeof parseContentType> {
  return parseContentType(headers['content-type']);
}

function disallowed(url: URL): CrawlFailure {
  const message = `The robots.txt of ${url.host} asks crawlers to leave ${shownUrl(url)} alone.`;
  return new CrawlFailure('robots', message);
}
