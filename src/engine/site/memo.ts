/** What the engine wants to be told of a page when its crawl is taken up again. */
export interface Memo {
  /** As of `dateStepsOf`. */
  dateSteps: number;
  /** As of the page's document. */
  contentDigest: string | null;
  /** Where a seed was redirected to. */
  leadsTo: string | null;
}

/** To clients it is an opaque text; empty when there is nothing to be told. */
export function encodeMemo({ dateSteps, contentDigest, leadsTo }: Memo): string {
  return [
    dateSteps === 0 ? '' : `d${dateSteps}`,
    contentDigest === null ? '' : `c${Buffer.from(contentDigest, 'latin1').toString('hex')}`,
    leadsTo === null ? '' : `t${leadsTo}`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function decodeMemo(text: string): Memo {
  const memo: Memo = { dateSteps: 0, contentDigest: null, leadsTo: null };
  for (const part of text.split(' ')) {
    const value = part.slice(1);
    if (/^d\d{1,9}$/.test(part)) memo.dateSteps = Number(value);
    else if (/^c[0-9a-f]{16}$/.test(part)) memo.contentDigest = Buffer.from(value, 'hex').toString('latin1');
    else if (part.startsWith('t') && URL.canParse(value)) memo.leadsTo = value;
  }
  return memo;
}
