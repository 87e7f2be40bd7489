import assert from 'node:assert/strict';
import { isBinary, judgeMediaType, parseContentType } from '../../../src/engine/fetch/mediaType';

describe('media types', () => {
  it('reads type and charset from a header', () => {
    const cases: [string | undefined, string, string | null][] = [
      ['Text/HTML; Charset=UTF-8', 'text/html', 'UTF-8'],
      ['text/html;charset="windows-1251"; x=y', 'text/html', 'windows-1251'],
      ["text/html; charset='utf-8'", 'text/html', 'utf-8'],
      ['text/html; boundary=x; charset = latin1', 'text/html', 'latin1'],
      ['text/html; charset=', 'text/html', null],
      ['html', '', null],
      ['', '', null],
      [undefined, '', null],
    ];
    for (const [header, mediaType, charset] of cases) {
      assert.deepEqual(parseContentType(header), { mediaType, charset }, header);
    }
  });

  it('tells text from the rest', () => {
    for (const type of [
      'text/html',
      'application/xhtml+xml',
      'text/plain',
      'application/json',
      'application/ld+json',
      'application/rss+xml',
      'application/xml',
    ]) {
      assert.equal(judgeMediaType(type), 'text', type);
    }
    for (const type of ['image/png', 'image/svg+xml', 'video/mp4', 'application/zip', 'font/woff2']) {
      assert.equal(judgeMediaType(type), 'other', type);
    }
    for (const type of ['', 'application/octet-stream', '*/*', 'application/pdf'])
      assert.equal(judgeMediaType(type), 'unclear', type);
  });

  it('knows binary content by its bytes', () => {
    assert.ok(!isBinary(Buffer.from('%PDF-1.7\n\0')), 'a PDF has text');
    assert.ok(isBinary(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0')));
    assert.ok(!isBinary(Buffer.from('<p>Grüße, 世界\t\r\n</p>')));
    assert.ok(!isBinary(Buffer.from('\ufeff<p>x</p>', 'utf16le')));
    assert.ok(!isBinary(new Uint8Array(0)));
  });
});
