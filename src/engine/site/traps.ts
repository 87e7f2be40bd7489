import { digestOf } from '../digest';
import { DigestMap } from './digestMap';

const maxSegments = 24;
const maxRounds = 3;
const maxDateSteps = 12;

/** Of one path: a forum may show all its threads by one, while each further parameter multiplies them. */
const maxVariants = { few: 10_000, many: 100 };
const manyParameters = 3;

const [year, month, day] = ['(?:19|20)\\d\\d', '(?:0?[1-9]|1[0-2])', '(?:0?[1-9]|[12]\\d|3[01])'];
const dates = [
  `${year}(?:[/_.-]${month}(?:[/_.-]${day})?)?`,
  `${day}[/_.-]${month}[/_.-]${year}`,
  // Whole days alone: shorter ones are numbers of something else.
  `${year}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])`,
  `${year}-?w\\d\\d`,
];
const datePath = new RegExp(`/(?:${dates.join('|')})(?:\\.[a-z]{3,5})?/?$`, 'i');
const dateQuery = new RegExp(
  `[?&](?:[\\w-]*(?:date|month|year|day|week|ym)=(?:\\d{1,2}|${year}[\\d/_-]*)|y=${year})(?:&|$)`,
  'i',
);

/** Tells URLs of which a site makes more without end. */
export class Traps {
  /** By the digest of a path, how many queries of it are known. */
  private readonly variants = new DigestMap();

  /**
   * Says why a URL is taken for part of a trap; else counts it, so that it is asked once for each.
   *
   * @param dateSteps as of {@link dateStepsOf}.
   */
  judge(url: URL, dateSteps: number): string | null {
    const segments = url.pathname.split('/').filter((segment) => segment !== '');
    if (segments.length > maxSegments) return `its path has ${segments.length} parts, over ${maxSegments}`;
    if (hasRounds(segments)) return `its path repeats itself ${maxRounds} times`;
    if (dateSteps > maxDateSteps) return `it is a calendar's page ${dateSteps} steps from where that began`;
    return this.countVariant(url);
  }

  private countVariant(url: URL): string | null {
    if (url.search.length < 2) return null;
    const kind = url.search.split('&').length >= manyParameters ? 'many' : 'few';
    const key = digestOf(`${kind} ${url.host}${url.pathname}`);
    const count = this.variants.get(key);
    if (count >= maxVariants[kind]) return `its path is known with ${count} other queries`;
    this.variants.set(key, count + 1);
    return null;
  }
}

/** How many pages of dates alone lead to this one: archives are linked from everywhere, calendars go on for ever. */
export function dateStepsOf(url: URL, stepsOfParent: number): number {
  return datePath.test(url.pathname) || dateQuery.test(url.search) ? stepsOfParent + 1 : 0;
}

/** Whether the same parts come three times in a row, such as `/a/b/a/b/a/b`. */
function hasRounds(segments: readonly string[]): boolean {
  for (let length = 1; length * maxRounds <= segments.length; length++) {
    let repeated = 0;
    for (let at = length; at < segments.length; at++) {
      // Numbers repeat by chance: /1/1/1 may be the first verse of a book.
      const isSame = segments[at] === segments[at - length] && !/^\d+$/.test(segments[at] ?? '');
      repeated = isSame ? repeated + 1 : 0;
      if (repeated === length * (maxRounds - 1)) return true;
    }
  }
  return false;
}
