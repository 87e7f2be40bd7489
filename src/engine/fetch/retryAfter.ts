// A site may ask for hours; a crawl that waits that long looks broken, and its pages can be tried again by hand.
const maxWaitMs = 60_000;

/** How long a `Retry-After` header asks to wait: seconds or a date. 0 when absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number {
  if (header === undefined) return 0;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, maxWaitMs) : 0;
}
