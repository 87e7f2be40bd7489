import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Parser } from 'htmlparser2';
import { maxUrlBytes } from '../../protocol/limits';
import { LineReader } from './lineReader';

export interface SitemapEntry {
  kind: 'page' | 'sitemap';
  url: string;
  /** 0 to 1. */
  priority: number;
}

/** By the sitemap protocol, of the decompressed file. */
const maxSitemapBytes = 50 * 1024 * 1024;
const maxEntries = 50_000;

/** Small, since one is read at a stretch. */
const chunkBytes = 32 * 1024;
const maxNesting = 64;
const defaultPriority = 0.5;

/**
 * Yields what a sitemap or an index of such names, as its body arrives, be it XML or one URL a line, compressed or not,
 * however broken.
 */
export async function* readSitemap(body: AsyncIterable<Uint8Array>): AsyncGenerator<SitemapEntry> {
  const decoder = new TextDecoder();
  let reader: Reader | undefined;
  let count = 0;
  let size = 0;
  try {
    for await (const chunk of decompressed(body)) {
      const text = decoder.decode(chunk, { stream: true });
      const start = text.trimStart();
      if (start !== '') reader ??= start.startsWith('<') ? new XmlReader() : new ListReader();
      for (const entry of reader?.read(text) ?? []) {
        if (++count > maxEntries) return;
        yield entry;
      }
      size += chunk.length;
      if (size > maxSitemapBytes) return;
      await setImmediate();
    }
    yield* reader?.read('\n') ?? [];
  } catch {
    // Broken off, or damaged where it is compressed: what came before counts.
  }
}

interface Reader {
  read(text: string): SitemapEntry[];
}

async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const body = Readable.from(chunks);
  await once(body, 'readable');
  const start = body.read() as Uint8Array | null;
  if (!start) return;
  body.unshift(start);
  const isCompressed = start[0] === 0x1f && start[1] === 0x8b;
  const stream = isCompressed ? pipeline(body, createGunzip(), () => undefined) : body;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < chunk.length; at += chunkBytes) yield chunk.subarray(at, at + chunkBytes);
  }
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

class ListReader implements Reader {
  private readonly lines = new LineReader();

  read(text: string): SitemapEntry[] {
    return this.lines.read(text).map((url) => ({ kind: 'page', url, priority: defaultPriority }));
  }
}
