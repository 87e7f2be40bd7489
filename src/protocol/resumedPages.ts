/** A page of a site crawl that is taken up again. */
export interface ResumedPage {
  url: string;
  state: { kind: 'outstanding'; depth: number } | { kind: 'succeeded' } | { kind: 'done' };
  /** What the server has told of it last. */
  memo: string;
}

/** Its line in `ResumedSite.pages`, with the line's end. */
export function toResumedLine({ url, state, memo }: ResumedPage): string {
  const told = state.kind === 'outstanding' ? String(state.depth) : state.kind;
  // What a user types may have blanks in it, which mean nothing or `%20`.
  const plainUrl = url
    .trim()
    .replace(/[\t\n\r]/g, '')
    .replaceAll(' ', '%20');
  return `${[told, plainUrl, memo.replace(/\s+/g, ' ')].join(' ').trim()}\n`;
}

/** `null` for a line that is none. */
export function readResumedLine(line: string): ResumedPage | null {
  const [, told = '', url = '', memo = ''] = /^(\d{1,9}|succeeded|done) (\S+)(?: (.*))?$/.exec(line) ?? [];
  if (told === '') return null;
  if (told === 'succeeded' || told === 'done') return { url, state: { kind: told }, memo };
  return { url, state: { kind: 'outstanding', depth: Number(told) }, memo };
}
