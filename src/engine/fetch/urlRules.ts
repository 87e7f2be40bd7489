import { maxUrlBytes } from '../../protocol/limits';

/**
 * Judges one URL of a crawl request as RipTide does, in RipTide's words; `position` counts from 1.
 * Returns the refusal, or `null` when the URL may be crawled.
 *
 * RipTide's substring rules (`10.`, `.js`, more than 20 `%` …) are left out on purpose: they refuse harmless
 * URLs, and what they guard against is judged here by the address a connection would go to.
 */
export function checkUrl(url: string, position: number): string | null {
  const fault = findFault(url);
  return fault && `Invalid URL: ${url.slice(0, maxUrlBytes)} - URL ${position} validation failed: ${fault}`;
}

function findFault(url: string): string | null {
  const bytes = Buffer.byteLength(url);
  if (bytes > maxUrlBytes) return `URL too long: ${bytes} bytes (maximum: ${maxUrlBytes})`;
  if (!URL.canParse(url)) return `Invalid URL format: ${parseFault(url)}`;
  const scheme = new URL(url).protocol.slice(0, -1);
  return scheme === 'http' || scheme === 'https' ? null : `Unsupported URL scheme: ${scheme}`;
}

function parseFault(url: string): string {
  const hasScheme = /^\s*[a-z][a-z0-9+.-]*:/i.test(url);
  return hasScheme ? 'invalid host or port' : 'relative URL without a base';
}
