import { matchablePath, RobotsPattern } from './robotsPattern';

/** What one site's robots.txt says to one crawler. */
export interface Robots {
  isAllowed(url: URL): boolean;
  /** 0 when it asks for none; capped at 30 s. */
  crawlDelayMs: number;
  /** As written there, in order. */
  sitemaps: readonly string[];
}

/** The least that RFC 9309 asks a crawler to read. */
export const maxRobotsBytes = 500 * 1024;

interface Rule {
  isAllow: boolean;
  pattern: RobotsPattern;
}

interface Group {
  /** Lower case. */
  agents: string[];
  rules: Rule[];
  crawlDelayMs: number | null;
}

interface Line {
  key: (typeof keys)[number];
  value: string;
}

/** A few hundred rules take a millisecond or two, and a hostile file has 60,000. */
const linesPerStep = 250;

/**
 * No site means more, and each path is held against all of them in one go. What is beyond these is not obeyed: the rules that
 * stand first in the file count.
 */
const maxRules = 10_000;
const maxWildcardRules = 250;

const maxCrawlDelayMs = 30_000;
const maxLineBytes = 2083 * 8 - 1;
const byteOrderMark = [0xef, 0xbb, 0xbf];

// With the slips of the pen that search engines forgive, so that we obey what site owners meant. One pass over the
// file finds the lines that count, since a hostile one may hold half a million of others.
const linePattern =
  /^[^\S\r\n]*(?:(user[- ]?agent)|(allow)|(diss?allow|diss?alow|diasllow|disallaw)|(crawl[- ]?delay)|(site-?map))[^\r\n]*/gim;
const keys = ['agent', 'allow', 'disallow', 'crawl-delay', 'sitemap'] as const;

export const emptyRobots: Robots = { isAllowed: () => true, crawlDelayMs: 0, sitemaps: [] };

/**
 * Reads a robots.txt by RFC 9309, with the leniency of Google's reference parser. Where those two differ (an
 * encoded unreserved character such as `%62`), the RFC is followed.
 *
 * @param token The crawler's product token.
 * @param isTruncated The file was cut; its last line is then no rule of the site's.
 */
export function parseRobots(file: Uint8Array, token: string, isTruncated = false): Robots {
  const steps = parseInSteps(file, token, isTruncated);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As {@link parseRobots}, in steps of a few milliseconds, between which others have their turn. */
export async function parseRobotsInTurns(
  file: Uint8Array,
  token: string,
  isTruncated: boolean,
): Promise<Robots> {
  const steps = parseInSteps(file, token, isTruncated);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise(setImmediate);
  }
}

function* parseInSteps(file: Uint8Array, token: string, isTruncated: boolean): Generator<undefined, Robots> {
  const lines = yield* readLines(file, isTruncated);
  const groups = yield* readGroups(lines);
  const own = groups.filter(({ agents }) => agents.includes(token.toLowerCase()));
  const chosen = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
  const rules = yield* bySpecificity(chosen);
  return {
    isAllowed(url) {
      if (url.pathname === '/robots.txt') return true;
      const path = matchablePath(pathOf(url));
      return rules.find(({ pattern }) => pattern.matches(path))?.isAllow ?? true;
    },
    crawlDelayMs: Math.max(0, ...chosen.map((group) => group.crawlDelayMs ?? 0)),
    sitemaps: lines.filter(({ key }) => key === 'sitemap').map(({ value }) => value),
  };
}

/** The longest first, and of one length those that allow. */
function* bySpecificity(groups: readonly Group[]): Generator<undefined, Rule[]> {
  const byLength = new Map<number, { allowing: Rule[]; refusing: Rule[] }>();
  let count = 0;
  let wildcards = 0;
  for (const { rules } of groups) {
    for (const [at, rule] of rules.entries()) {
      if (at % linesPerStep === 0) yield;
      const { length, hasWildcard } = rule.pattern;
      if (count === maxRules || (hasWildcard && wildcards === maxWildcardRules)) continue;
      count++;
      if (hasWildcard) wildcards++;
      const same = byLength.get(length) ?? { allowing: [], refusing: [] };
      byLength.set(length, same);
      (rule.isAllow ? same.allowing : same.refusing).push(rule);
    }
  }
  const lengths = [...byLength].sort(([one], [other]) => other - one);
  return lengths.flatMap(([, { allowing, refusing }]) => [...allowing, ...refusing]);
}

function pathOf(url: URL): string {
  // From `href`, since `search` is empty for a bare `?`, which a rule may be about.
  const [address = ''] = url.href.split('#', 1);
  return address.slice(address.indexOf('/', url.protocol.length + 2));
}

function* readLines(file: Uint8Array, isTruncated: boolean): Generator<undefined, Line[]> {
  const markLength = byteOrderMark.findIndex((byte, at) => file[at] !== byte);
  const start = markLength < 0 ? byteOrderMark.length : markLength;
  // Latin-1 keeps one character for each octet, which is what rules are compared by.
  const text = Buffer.from(file.buffer, file.byteOffset + start, file.byteLength - start).toString('latin1');
  const end = isTruncated ? Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'), 0) : text.length;
  const lines: Line[] = [];
  for (const [line, ...marks] of text.slice(0, end).matchAll(linePattern)) {
    // Groups that took no part are undefined, which the library's types leave out.
    const key = keys[marks.findIndex((mark: string | undefined) => mark !== undefined)];
    const value = readValue(line.slice(0, maxLineBytes));
    if (key && value !== null) lines.push({ key, value });
    if (lines.length % linesPerStep === 0) yield;
  }
  return lines;
}

function readValue(line: string): string | null {
  const [content = ''] = line.split('#', 1);
  const colonAt = content.indexOf(':');
  if (colonAt >= 0) return content.slice(colonAt + 1).trim();
  // A line of two words with the colon forgotten is clear enough.
  return /^\s*\S+\s+(\S+)\s*$/.exec(content)?.[1] ?? null;
}

function* readGroups(lines: readonly Line[]): Generator<undefined, Group[]> {
  const groups: Group[] = [];
  let group: Group | undefined;
  let isOpen = false;
  for (const [at, { key, value }] of lines.entries()) {
    if (at % linesPerStep === 0) yield;
    if (key === 'agent') {
      if (!group || !isOpen) groups.push((group = { agents: [], rules: [], crawlDelayMs: null }));
      isOpen = true;
      group.agents.push(agentOf(value));
    } else if (key === 'crawl-delay') {
      // Like a sitemap line, it stands outside the grammar and must not part a group's agents from its rules.
      if (group) group.crawlDelayMs = parseDelayMs(value) ?? group.crawlDelayMs;
    } else if (key !== 'sitemap') {
      isOpen = false;
      group?.rules.push(...rulesOf(key === 'allow', value));
    }
  }
  return groups;
}

/** The product token of a `User-agent` line, without version or comment; empty matches nobody. */
function agentOf(value: string): string {
  if (/^\*(?:\s|$)/.test(value)) return '*';
  return /^[a-z_-]*/i.exec(value)?.[0].toLowerCase() ?? '';
}

function rulesOf(isAllow: boolean, value: string): Rule[] {
  if (value === '') return [];
  const rules = [{ isAllow, pattern: new RobotsPattern(value) }];
  // Who allows a folder's index page means the folder's own address too.
  const folder = isAllow ? /^(.*\/)index\.html?[^/]*$/.exec(value)?.[1] : undefined;
  if (folder !== undefined) rules.push({ isAllow, pattern: new RobotsPattern(`${folder}$`) });
  return rules;
}

function parseDelayMs(value: string): number | null {
  const seconds = /^(?:\d+(?:\.\d+)?|\.\d+)/.exec(value)?.[0];
  return seconds === undefined ? null : Math.min(Number(seconds) * 1000, maxCrawlDelayMs);
}
