import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Parser } from 'htmlparser2';
import { maxUrlBytes } from '../../protocol/limits';

export interface SitemapEntry {
  kind: 'page' | 'sitemap';
  url: string;
  /** 0 to 1. */
  priority: number;
}

/** By the sitemap protocol, of the decompressed file. */
export const maxSitemapBytes = 50 * 1024 * 1024;
const maxEntries = 50_000;

/** Small, since one is read at a stretch. */
const chunkBytes = 32 * 1024;
const maxNesting = 64;
const defaultPriority = 0.5;

/** Yields what a sitemap or an index of such names, be it XML or one URL a line, compressed or not, however broken. */
export async function* readSitemap(body: Uint8Array): AsyncGenerator<SitemapEntry> {
  const decoder = new TextDecoder();
  let reader: Reader | undefined;
  let count = 0;
  let size = 0;
  try {
    for await (const chunk of decompressed(body)) {
      const text = decoder.decode(chunk, { stream: true });
      reader ??= text.trimStart().startsWith('<') ? new XmlReader() : new LineReader();
      for (const entry of reader.read(text)) {
        if (++count > maxEntries) return;
        yield entry;
      }
      size += chunk.length;
      if (size > maxSitemapBytes) return;
      await setImmediate();
    }
    yield* reader?.read('\n') ?? [];
  } catch {
    // Damaged where it is compressed: what came before the damage counts.
  }
}

interface Reader {
  read(text: string): SitemapEntry[];
}

function decompressed(body: Uint8Array): AsyncIterable<Buffer> {
  const chunks = Readable.from(slices(body), { objectMode: false });
  return body[0] === 0x1f && body[1] === 0x8b ? chunks.pipe(createGunzip()) : chunks;
}

function* slices(body: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < body.length; at += chunkBytes) yield Buffer.from(body.subarray(at, at + chunkBytes));
}

class XmlReader implements Reader {
  private entries: SitemapEntry[] = [];
  private readonly path: string[] = [];
  private location = '';
  private priority = '';
  private readonly parser = new Parser(
    {
      onopentagname: (name) => {
        this.path.push(name.replace(/^.*:(?=(?:url|sitemap|loc|priority)$)/, ''));
        // Nobody nests so deep but to fill our memory.
        if (this.path.length > maxNesting) this.parser.pause();
      },
      ontext: (text) => {
        if (this.isIn('loc')) this.location = (this.location + text).slice(0, 2 * maxUrlBytes);
        else if (this.isIn('priority')) this.priority = (this.priority + text).slice(0, 10);
      },
      onclosetag: () => {
        const name = this.path.pop();
        if (name === 'url' || name === 'sitemap') this.endEntry(name === 'url' ? 'page' : 'sitemap');
      },
    },
    { xmlMode: true },
  );

  read(text: string): SitemapEntry[] {
    if (this.path.length <= maxNesting) this.parser.write(text);
    return this.entries.splice(0);
  }

  /** Not of an image or a video of the page. */
  private isIn(name: string): boolean {
    const parent = this.path.at(-2);
    return this.path.at(-1) === name && (parent === 'url' || parent === 'sitemap');
  }

  private endEntry(kind: SitemapEntry['kind']): void {
    const url = this.location.trim();
    const priority = Number.parseFloat(this.priority);
    if (url !== '') {
      this.entries.push({ kind, url, priority: priority >= 0 && priority <= 1 ? priority : defaultPriority });
    }
    this.location = '';
    this.priority = '';
  }
}

class LineReader implements Reader {
  private rest = '';

  read(text: string): SitemapEntry[] {
    const lines = (this.rest + text).split(/\r\n?|\n/);
    this.rest = (lines.pop() ?? '').slice(0, 2 * maxUrlBytes);
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((url) => ({ kind: 'page', url, priority: defaultPriority }));
  }
}
