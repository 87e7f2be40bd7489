import type { CrawlRecord, PageCounts } from '../store/records';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * 1024;

/** Figures as the user's language writes them; unit signs are international. */
export interface Formats {
  count: (value: number) => string;
  duration: (durationMs: number) => string;
  size: (sizeBytes: number) => string;
  rate: (perSecond: number) => string;
}

/** An unknown language tag falls back to English. */
export function createFormats(locale: string): Formats {
  const known = isLocale(locale) ? locale : 'en';
  const whole = new Intl.NumberFormat(known, { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat(known, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = (value: number): string => (value < 9.95 ? fine : whole).format(value);
  return {
    count: (value) => whole.format(value),
    duration: (ms) => (ms < 9_999.5 ? `${whole.format(ms)} ms` : `${fine.format(ms / 1000)} s`),
    size(bytes) {
      if (bytes < KILOBYTE) return `${whole.format(bytes)} B`;
      // Rounded first: 1023.9 KB would read "1,024 KB".
      if (Math.round(bytes / KILOBYTE) < KILOBYTE) return `${short(bytes / KILOBYTE)} KB`;
      return `${short(bytes / MEGABYTE)} MB`;
    },
    rate: short,
  };
}

/** `m:ss`, from an hour on `h:mm:ss`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.floor(Math.max(0, elapsedMs) / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds % 60)}`;
}

/** Puts the values in the place of `{0}`, `{1}`…; a number without a value stays as it is. */
export function fillIn(template: string, ...values: readonly string[]): string {
  return template.replace(
    /\{(\d+)\}/g,
    (placeholder, digits: string) => values[Number(digits)] ?? placeholder,
  );
}

/** Pages that ended, however they ended. */
export function settledCount(counts: PageCounts): number {
  return counts.asked - counts.outstanding;
}

/** `null` when nobody saw the crawl end. */
export function elapsedMs(crawl: CrawlRecord, nowMs: number): number | null {
  switch (crawl.state.kind) {
    case 'running':
      return Math.max(0, nowMs - crawl.startedAtMs);
    case 'paused':
    case 'interrupted':
      return null;
    default:
      return Math.max(0, crawl.state.endedAtMs - crawl.startedAtMs);
  }
}

function isLocale(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
