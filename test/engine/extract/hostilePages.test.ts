import assert from 'node:assert/strict';
import { ReadingPool } from '../../support/readingPool';

const binary = () =>
  Uint8Array.from({ length: 500_000 }, (_, i) => ((i * 1_103_515_245 + 12_345) >>> 16) & 0xff);

/** Each brought a DOM library to a halt, to the end of its stack or of its memory; sizes are what a slow machine reads in time. */
const pages: Record<string, () => string | Uint8Array> = {
  'nothing at all': () => '',
  '100,000 nested elements': () => `${'<div>'.repeat(1e5)}<p>hello</p>${'</div>'.repeat(1e5)}`,
  '100,000 elements never ended': () => '<div>x'.repeat(1e5),
  '20,000 open formats': () => `<p>${'<b><i><font color=red>x'.repeat(20_000)}`,
  '5,000 nested tables': () => '<table><tr><td>x'.repeat(5000),
  '10,000 nested lists': () => '<ul><li>x, y'.repeat(10_000),
  '50,000 attributes': () =>
    `<div ${Array.from({ length: 50_000 }, (_, i) => `a${i}="${i}"`).join(' ')}>x</div>`,
  '3 MB of text without markup': () => 'lorem, ipsum dolor. '.repeat(150_000),
  'a script that never ends': () => `<p>hello</p><script>${'var a = 1 < 2; '.repeat(100_000)}`,
  'NUL bytes everywhere': () => '<p>he\0llo, wor\0ld</p>\0<d\0iv>x</div>'.repeat(3000),
  'random binary': binary,
  '2 MB of bad entities': () => `<p>${'&amp;&notanentity;&#x110000;&lt'.repeat(65_000)}`,
  '100,000 line breaks': () => `<div>${'a, b<br><br>'.repeat(50_000)}</div>`,
  '50,000 links': () => Array.from({ length: 50_000 }, (_, i) => `<a href="/l/${i}">${i}</a>`).join(' '),
  'a million line ends in a code block': () => `<pre>a${'\n'.repeat(1e6)}b</pre>`,
  'linked data nested a million deep': () =>
    `<script type="application/ld+json">${'['.repeat(1e6)}</script><p>x</p>`,
};

describe('hostile pages', function () {
  this.timeout(120_000);
  const pool = new ReadingPool();

  before(() => pool.start({ timeoutMs: 60_000 }));
  after(() => pool.stop());

  async function extract(content: string | Uint8Array) {
    return (await pool.read(content)).document;
  }

  for (const [name, make] of Object.entries(pages)) {
    const isRefused = name === 'random binary' || name === 'NUL bytes everywhere';
    it(`${isRefused ? 'refuses' : 'reads'} ${name}, and the page after it`, async () => {
      const isBinary = { reason: 'extraction-failed', message: 'The page is binary data, not text.' };
      if (isRefused) await assert.rejects(extract(make()), isBinary);
      else {
        const document = await extract(make());
        if (name !== 'nothing at all') assert.ok(document.text.length > 0);
        assert.ok(document.text.length <= 1_000_000 && (document.markdown?.length ?? 0) <= 1_000_000);
      }
      assert.equal((await extract('<p>still here</p>')).text, 'still here');
    });
  }
});
