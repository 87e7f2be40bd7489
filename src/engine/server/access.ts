import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  status: 401 | 403;
  message: string;
}

/**
 * Judges an HTTP request before anything else does: 403 for a foreign `Origin`, 401 without the token.
 * The token comes as RipTide takes its keys: `X-API-Key`, else `Authorization: Bearer` (its middleware, since 2025-10-06).
 */
export function judgeRequest(headers: IncomingHttpHeaders, token: string | null): Refusal | null {
  const { origin, host } = headers;
  // Browsers send Origin with every WebSocket; a page that the user merely visits must not reach the engine.
  if (origin !== undefined && origin !== `http://${host ?? ''}`) {
    return { status: 403, message: `Requests from the origin ${origin.slice(0, 200)} are not accepted` };
  }
  // A foreign name that resolves to loopback makes a page's own origin look the same as ours.
  if (origin !== undefined && !isLoopbackHost(host ?? '')) {
    return { status: 403, message: 'Pages may reach the engine only by a loopback address' };
  }
  if (token !== null && !isSameSecret(keyOf(headers), token)) {
    return { status: 401, message: 'A valid key is needed, in X-API-Key or as a Bearer token' };
  }
  return null;
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}

function keyOf(headers: IncomingHttpHeaders): string {
  const key = headers['x-api-key'];
  if (typeof key === 'string') return key;
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

function isSameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
