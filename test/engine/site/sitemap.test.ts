import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readSitemap, type SitemapEntry } from '../../../src/engine/site/sitemap';

const url = (path: string): string => `<url><loc>https://example.org/${path}</loc></url>`;

async function* pieces(...parts: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

async function urlsOf(body: AsyncIterable<Uint8Array>): Promise<string[]> {
  const urls: string[] = [];
  for await (const entry of readSitemap(body)) urls.push(entry.url.replace('https://example.org/', ''));
  return urls;
}

describe('a sitemap', () => {
  it('is read as it arrives, and no further than somebody asks', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('<urlset>'));
      for (;;) yield Buffer.from(url(String(sent++)));
    }
    const entries: SitemapEntry[] = [];
    for await (const entry of readSitemap(endless())) {
      entries.push(entry);
      if (entries.length === 10) break;
    }
    assert.deepEqual(
      entries.map((entry) => entry.url),
      Array.from({ length: 10 }, (_, at) => `https://example.org/${at}`),
    );
    // Streams read a little ahead.
    assert.ok(sent < 100, `${sent} were sent`);
  });

  it('may be cut anywhere on its way', async () => {
    const [first = '', second = ''] = ['é', '日'].map(url);
    const bytes = Buffer.from(`<urlset>${first}${second}</urlset>`);
    const cut = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    assert.deepEqual(await urlsOf(pieces(...cut)), ['é', '日']);
    assert.deepEqual(await urlsOf(pieces('https://example.org/a\r', '\nhttps://exam', 'ple.org/b')), [
      'a',
      'b',
    ]);
  });

  it('may be compressed, and counts up to where it is damaged', async () => {
    const whole = gzipSync(`<urlset>${Array.from({ length: 5_000 }, (_, at) => url(String(at))).join('')}`);
    const half = whole.subarray(0, whole.length / 2);
    assert.equal((await urlsOf(pieces(whole.subarray(0, 100), whole.subarray(100)))).length, 5_000);
    const rest = await urlsOf(pieces(half, Buffer.alloc(1_000, 7)));
    assert.ok(rest.length > 500 && rest.length < 5_000, `${rest.length}`);
  });

  it('counts up to where its connection breaks', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(`<urlset>${url('a')}${url('b')}`));
      throw new Error('reset');
    }
    assert.deepEqual(await urlsOf(broken()), ['a', 'b']);
    assert.deepEqual(await urlsOf(Readable.from([])), []);
  });

  it('may come after blanks', async () => {
    assert.deepEqual(await urlsOf(pieces('\ufeff', '\n \n', `<urlset>${url('a')}`, url('b'))), ['a', 'b']);
  });

  it('has 50,000 entries at most', async () => {
    const many = Buffer.from(url('a').repeat(10_000));
    assert.equal((await urlsOf(pieces('<urlset>', ...Array<Buffer>(6).fill(many)))).length, 50_000);
  });
});
