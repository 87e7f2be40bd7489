const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * A date as ISO 8601, or nothing when it is none. Takes ISO dates, mended where they are nearly right
 * ("2024-05-01 10:00:00+0200"), and the dates of HTTP and e-mail; guesses at no other notation, since
 * 3/4/2024 means two days.
 */
export function isoDate(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  const match = isoPattern.exec(text);
  if (match) {
    const [, year, month, day, hour, minute, second, zone] = match;
    const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
    if (!isCalendarDay(date)) return null;
    if (hour === undefined || minute === undefined) return date;
    const offset = zone === undefined ? '' : zone.toUpperCase().replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
    const iso = `${date}T${hour}:${minute}:${second ?? '00'}${offset}`;
    return Number.isNaN(Date.parse(iso)) ? null : iso;
  }
  if (!/^[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** 31 April is none, though `Date` would roll it over. */
function isCalendarDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
