import { maxUrlBytes } from '../protocol/limits';

const closingBrackets = new Map([
  [')', '('],
  [']', '['],
]);

export interface UrlProblem {
  /** What was found in its place. */
  text: string;
  reason: 'not-a-url' | 'not-http' | 'too-long' | 'has-credentials';
}

export interface UrlList {
  /** As the user wrote them, in their order, repeats kept. */
  urls: string[];
  problems: UrlProblem[];
}

/** Reads a list that should hold nothing but URLs, separated by white space or commas. */
export function readUrlList(text: string): UrlList {
  const list: UrlList = { urls: [], problems: [] };
  for (const word of text.split(/\s+/)) {
    // A comma may be part of a URL; one at the end never is meant so.
    for (const part of word.split(/,(?=https?:\/\/)/i)) {
      const url = withoutTail(part.replace(/^[<"'(]+/, ''), /[>"',;]/);
      if (url === '') continue;
      const reason = problemOf(url);
      if (reason) list.problems.push({ text: url, reason });
      else list.urls.push(url);
    }
  }
  return list;
}

/** Picks the URLs out of any text: prose, Markdown, HTML, source code. Each URL comes once. */
export function findUrls(text: string): string[] {
  const found = new Set<string>();
  for (const [match] of text.matchAll(/https?:\/\/[^\s<>"'`\\|^{}]+/gi)) {
    // What is longer is no URL that a server takes, and hostile text must not keep the extension host busy.
    if (match.length > maxUrlBytes) continue;
    const url = withoutTail(match, /[.,;:!?*_]/);
    if (problemOf(url) === null) found.add(url);
  }
  return [...found];
}

function withoutTail(text: string, punctuation: RegExp): string {
  const surplus = new Map(
    [...closingBrackets].map(([closing, opening]) => [closing, count(text, closing) - count(text, opening)]),
  );
  let length = text.length;
  for (; length > 0; length -= 1) {
    const last = text.charAt(length - 1);
    const closed = surplus.get(last);
    // A closing bracket belongs to the URL only when its opening one does, as in Wikipedia's titles.
    if (closed !== undefined && closed > 0) surplus.set(last, closed - 1);
    else if (!punctuation.test(last)) break;
  }
  return text.slice(0, length);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function problemOf(url: string): UrlProblem['reason'] | null {
  const parsed = URL.parse(url);
  if (parsed === null || !/^[a-z][a-z0-9+.-]*:/i.test(url)) return 'not-a-url';
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return 'not-http';
  if (parsed.username !== '' || parsed.password !== '') return 'has-credentials';
  if (Buffer.byteLength(url) > maxUrlBytes) return 'too-long';
  return null;
}

/** Each once, with its port, in the order of the URLs. */
export function hostsOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map((url) => URL.parse(url)?.host ?? url))];
}
