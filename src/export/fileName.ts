import { createHash } from 'node:crypto';

/** Room for a suffix under 120; file systems count 255 bytes or 255 UTF-16 units, and 100 bytes fit in both. */
const maxSegmentBytes = 100;
/** Windows allows 260 characters, with the folder that the user chose. */
const maxPathBytes = 180;

const deviceNames = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\s*(\.|$))/;
/** Refused by Windows or (unassigned ones) by macOS, or invisible, or able to make one name look like another. */
const unsafeCharacters = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;

/**
 * Where the Markdown of a page goes: host and path of its URL as segments of a relative path, safe on every system.
 * All in lower case, so that two names that differ there alone cannot become one on another system. A file ends in
 * `.md` and a folder never does, so that neither takes the other's place.
 */
export function pageFilePath(host: string, url: string): string[] {
  const { pathname, search } = URL.parse(url) ?? { pathname: url, search: '' };
  const parts = pathname.split('/').filter((part) => part !== '');
  const isFolder = pathname.endsWith('/') || parts.length === 0;
  const name = isFolder ? 'index' : (parts.pop() ?? 'index').replace(/\.x?html?$/i, '');
  const folders = [host === '' ? 'unknown-host' : host, ...parts].map(folderName);
  const file = fileName(name + search);
  const path = [...folders, file];
  if (Buffer.byteLength(path.join('/')) <= maxPathBytes) return path;
  return [...folders.slice(0, 1), `${fit(stem(file), 60)}-${hashOf(url)}.md`];
}

/** A further name for the same page, for when the first one is taken. */
export function withSuffix(path: readonly string[], number: number): string[] {
  return [...path.slice(0, -1), `${stem(path.at(-1) ?? '')}-${number}.md`];
}

function stem(file: string): string {
  return file.replace(/\.md$/, '');
}

function folderName(part: string): string {
  const name = fit(safeName(decode(part)), maxSegmentBytes);
  return name.endsWith('.md') ? `${name}_` : name;
}

function fileName(part: string): string {
  return `${fit(safeName(stem(decode(part))), maxSegmentBytes)}.md`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function safeName(text: string): string {
  const name = text
    .toLowerCase()
    .normalize('NFC')
    .replace(unsafeCharacters, '_')
    .replace(/^[\s.]+/, '_')
    .replace(/[\s.]+$/, '')
    .replace(deviceNames, '_$1');
  return name === '' ? '_' : name;
}

/** Shortens a name and marks it with what it was, so that two long names stay two. */
function fit(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > maxBytes - 9) break;
    kept += character;
  }
  return `${kept}-${hashOf(name)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
