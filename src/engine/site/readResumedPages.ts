import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { readResumedLine, type ResumedPage } from '../../protocol/resumedPages';
import { LineReader } from './lineReader';

/** Yields what `ResumedSite.pages` holds. What cannot be read of it is left out. */
export async function* readResumedPages(pages: string): AsyncGenerator<ResumedPage> {
  const chunks = Readable.from([Buffer.from(pages, 'base64')]).pipe(createInflateRaw());
  const decoder = new TextDecoder();
  const reader = new LineReader();
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      for (const line of reader.read(decoder.decode(chunk, { stream: true }))) {
        const page = readResumedLine(line);
        if (page && URL.canParse(page.url)) yield page;
      }
    }
  } catch {
    // Damaged: its client misses the results of what is behind the damage, and says so.
  }
}
