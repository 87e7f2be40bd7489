import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { readResumedLine, toResumedLine, type ResumedPage } from '../../src/protocol/resumedPages';

/** As a client sends them. */
export function packPages(pages: readonly ResumedPage[]): string {
  return deflateRawSync(pages.map(toResumedLine).join('')).toString('base64');
}

export function unpackPages(packed: string): ResumedPage[] {
  const lines = inflateRawSync(Buffer.from(packed, 'base64')).toString().trimEnd().split('\n');
  return lines.map((line) => {
    const page = readResumedLine(line);
    if (!page) throw new Error(`no line of a resumed crawl: ${line}`);
    return page;
  });
}
