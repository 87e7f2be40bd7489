import { CrawlFailure } from '../crawlFailure';
import type { Reach } from './addressRules';
import type { HttpResponse } from './httpClient';
import { shownUrl } from './shownUrl';

export interface Hop {
  url: URL;
  reach: Reach;
}

const maxRedirects = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * Visits a URL that was asked for, and then each one it is redirected to.
 *
 * A redirect may lead to a private address only at the very host and port that was asked for. Whoever asks for
 * a dev server means that server; a page that sends its reader on to another port or host of the private network
 * speaks for nobody here, even if both are on the same machine.
 *
 * @param reach Of the URL that was asked for.
 * @throws {CrawlFailure} `too-many-redirects`, `bad-redirect`, or whatever `visit` throws.
 */
export async function followRedirects(
  asked: URL,
  visit: (hop: Hop) => Promise<HttpResponse>,
  reach: Reach = 'any',
): Promise<HttpResponse> {
  let hop: Hop = { url: asked, reach };
  for (let redirects = 0; ; redirects++) {
    const response = await visit(hop);
    if (!redirectStatuses.has(response.status)) return response;
    if (redirects === maxRedirects) {
      const message = `${shownUrl(asked)} redirects more than ${maxRedirects} times, to no end. Try it in a browser.`;
      throw new CrawlFailure('too-many-redirects', message, { status: response.status });
    }
    const url = redirectTarget(hop.url, response);
    hop = { url, reach: isSameHostAndPort(asked, url) ? reach : 'public' };
  }
}

function redirectTarget(from: URL, { status, headers }: HttpResponse): URL {
  // Octet by octet, since servers that send letters here mean those of an encoding of their own.
  const location = (headers.location ?? '').replace(/[\x80-\xff]/g, encodeOctet);
  if (location === '') throw badRedirect(from, status, 'without saying where');
  if (!URL.canParse(location, from.href))
    throw badRedirect(from, status, `to "${location.slice(0, 80)}", no valid URL`);
  const target = new URL(location, from);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw badRedirect(from, status, `to a ${target.protocol} address, not a web page`);
  }
  if (target.hash === '') target.hash = from.hash;
  return target;
}

function encodeOctet(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase()}`;
}

function badRedirect(from: URL, status: number, fault: string): CrawlFailure {
  return new CrawlFailure('bad-redirect', `${shownUrl(from)} redirects ${fault}. Try it in a browser.`, {
    status,
  });
}

function isSameHostAndPort(one: URL, other: URL): boolean {
  return one.hostname === other.hostname && portOf(one) === portOf(other);
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}
