/** Above RipTide's longest lockout (1024 s, protocol 5.2); also keeps a hostile figure within what a timer takes. */
const maxRetryAfterMs = 20 * 60_000;

/** How long a `Retry-After` header asks to wait, in seconds or until a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, waitMs));
}
