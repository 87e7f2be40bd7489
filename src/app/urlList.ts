import { maxUrlBytes } from '../protocol/limits';

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
    const url = withoutTail(match, /[.,;:!?*_]/);
    if (problemOf(url) === null) found.add(url);
  }
  return [...found];
}

function withoutTail(text: string, punctuation: RegExp): string {
  let url = text;
  for (;;) {
    const last = url.at(-1) ?? '';
    const opening = { ')': '(', ']': '[' }[last];
    // A closing bracket belongs to the URL only when its opening one does, as in Wikipedia's titles.
    const isStray = opening !== undefined && count(url, last) > count(url, opening);
    if (!isStray && !punctuation.test(last)) return url;
    url = url.slice(0, -1);
  }
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

/** `host`, or `host` and how many others, to name a crawl by. */
export function hostsOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map((url) => URL.parse(url)?.host ?? url))];
}
