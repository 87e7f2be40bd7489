/** The address a reference leads to, or nothing when it leads to no web page. */
export function absoluteUrl(reference: string, base: string): string | null {
  const trimmed = reference.trim();
  const url = trimmed ? parseUrl(trimmed, base) : null;
  if (url === null) return null;
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

/** `URL.parse` is newer than the oldest runtime. */
function parseUrl(reference: string, base: string): URL | null {
  try {
    return new URL(reference, base);
  } catch {
    return null;
  }
}
