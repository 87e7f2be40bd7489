import assert from 'node:assert/strict';
import { BinaryBodyError, decodeBody } from '../../../src/engine/extract/decodeBody';

// Each is its title in its own encoding, as bytes in hexadecimal.
const samples = [
  { charset: 'windows-1251', hex: 'cff0e8e2e5f2', text: 'Привет' },
  { charset: 'shift_jis', hex: '93fa967b8cea', text: '日本語' },
  { charset: 'gb18030', hex: 'd6d0cec4', text: '中文' },
  { charset: 'iso-8859-1', hex: '636166e9', text: 'café' },
  { charset: 'euc-kr', hex: 'c7d1b1db', text: '한글' },
  { charset: 'big5', hex: 'c163c5e9a4a4a4e5', text: '繁體中文' },
  { charset: 'euc-jp', hex: 'c6fccbdcb8ec', text: '日本語' },
  { charset: 'koi8-r', hex: 'f0d2c9d7c5d4', text: 'Привет' },
];

function page(head: string, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(`<html><head>${head}</head><body>`),
    bytes,
    Buffer.from('</body></html>'),
  ]);
}

describe('decodeBody', () => {
  for (const { charset, hex, text } of samples) {
    const bytes = Buffer.from(hex, 'hex');

    it(`reads ${charset} named by the server`, () => {
      assert.ok(decodeBody(page('', bytes), charset, true).includes(text));
    });

    it(`reads ${charset} named by the page`, () => {
      assert.ok(decodeBody(page(`<meta charset="${charset}">`, bytes), null, true).includes(text));
      const pragma = `<meta http-equiv="Content-Type" content="text/html; charset=${charset}">`;
      assert.ok(decodeBody(page(pragma, bytes), null, true).includes(text));
    });
  }

  it('obeys a byte-order mark before anything declared', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('héllo 日本', 'utf16le')]);
    assert.equal(decodeBody(utf16, 'utf-8', true), 'héllo 日本');
    const bigEndian = Buffer.from(utf16).swap16();
    assert.equal(decodeBody(bigEndian, null, true), 'héllo 日本');
    const utf8 = Buffer.from('\ufeffПривет');
    assert.equal(decodeBody(utf8, 'iso-8859-1', true), 'Привет');
  });

  it('takes undeclared and wrongly declared UTF-8 for what it is', () => {
    const body = page('<meta charset="iso-8859-1">', Buffer.from('Žluťoučký kůň'));
    assert.ok(decodeBody(body, null, true).includes('Žluťoučký kůň'));
    assert.ok(decodeBody(page('', Buffer.from('naïve')), null, true).includes('naïve'));
  });

  it('guesses when nothing is declared and the bytes are no UTF-8', () => {
    // "Это русский текст, и его кодировка нигде не указана" in windows-1251, over and over.
    const words =
      'ddf2ee20f0f3f1f1eae8e920f2e5eaf1f22c20e820e5e3ee20eaeee4e8f0eee2eae020ede8e3e4e520ede520f3eae0e7e0ede02e20';
    const body = page('', Buffer.from(words.repeat(20), 'hex'));
    assert.ok(decodeBody(body, null, true).includes('Это русский текст, и его кодировка нигде не указана.'));
    assert.ok(
      decodeBody(body, 'utf-8', true).includes('Это русский текст'),
      'a false claim of UTF-8 is not believed',
    );
  });

  it('keeps reading UTF-8 that was cut inside a character', () => {
    const body = Buffer.from('<p>日本語').subarray(0, -1);
    assert.ok(decodeBody(body, null, true).startsWith('<p>日本'));
  });

  it('keeps reading UTF-8 that has a few bytes of something else in it', () => {
    const bytes = Buffer.concat([Buffer.from('naïve café'), Buffer.from([0xe9]), Buffer.from(' Žluťoučký')]);
    for (const charset of [null, 'utf-8']) {
      const late = page(`<style>${' '.repeat(100_000)}</style>`, bytes);
      for (const body of [page('', bytes), late]) {
        assert.ok(decodeBody(body, charset, true).includes('naïve café\ufffd Žluťoučký'));
      }
    }
  });

  it('reads what an XML declaration names, but for what its bytes are not', () => {
    const declared = (encoding: string, bytes: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><html>`), bytes]);
    const cyrillic = Buffer.from('cff0e8e2e5f2', 'hex');
    assert.ok(decodeBody(declared('windows-1251', cyrillic), null, true).includes('Привет'));
    assert.ok(decodeBody(declared('utf-16', Buffer.from('Привет')), null, true).includes('Привет'));
  });

  it('reads what a page names further down than browsers look, or against the server', () => {
    const cyrillic = Buffer.from('cff0e8e2e5f2', 'hex');
    const meta = '<meta charset="windows-1251">';
    const style = `<style>${' '.repeat(5000)}</style>`;
    const distractions = '<!-- <meta charset="koi8-r"> --><script>"<meta charset=big5>"</script>';
    assert.ok(decodeBody(page(style + distractions + meta, cyrillic), null, true).includes('Привет'));
    assert.ok(decodeBody(page(meta, cyrillic), 'utf-8', true).includes('Привет'));
  });

  it('survives a declaration that breaks off', () => {
    for (const content of ['charset', 'charset=']) {
      const head = `<meta http-equiv="Content-Type" content="${content}">`;
      assert.ok(decodeBody(page(head, Buffer.from('636166e9', 'hex')), null, true).includes('café'));
    }
  });

  it('looks for no name in a page of unclosed tags for long', () => {
    for (const tag of ['<meta ', '<!--', '<script>']) {
      const body = page('', Buffer.from(`${tag.repeat(20_000)}\xe9`, 'latin1'));
      assert.ok(decodeBody(body, null, true).includes('é'));
    }
  });

  it('reads Japanese that is escaped to from ASCII, whatever it is declared as', () => {
    const japanese = page('', Buffer.from('1b2442467c4b5c1b2842', 'hex'));
    for (const charset of [null, 'utf-8', 'iso-2022-jp']) {
      assert.ok(decodeBody(japanese, charset, true).includes('日本'));
    }
    const terminal = Buffer.from('\x1b(B\x1b[mdone');
    assert.equal(decodeBody(terminal, null, false), terminal.toString());
  });

  it('reads UTF-16 without a mark that has hardly any ASCII', () => {
    const markup = `\n<html><body>${'一二三　日本語'.repeat(300)}</body></html>`;
    const little = Buffer.from(markup, 'utf16le');
    assert.equal(decodeBody(little, null, true), markup);
    assert.equal(decodeBody(Buffer.from(little).swap16(), null, true), markup);
  });

  it('ignores a charset that is no encoding of text', () => {
    for (const charset of ['x-user-defined', 'iso-2022-kr', 'utf-16']) {
      assert.ok(decodeBody(page('', Buffer.from('naïve')), charset, true).includes('naïve'));
    }
    for (const charset of ['x-user-defined', 'iso-2022-kr']) {
      const body = page('<meta charset="windows-1251">', Buffer.from('cff0e8e2e5f2', 'hex'));
      assert.ok(decodeBody(body, charset, true).includes('Привет'));
    }
  });

  it('ignores a charset nobody knows', () => {
    assert.ok(decodeBody(page('', Buffer.from('naïve')), 'no-such-charset', true).includes('naïve'));
  });

  it('refuses binary data and drops stray NULs', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 256);
    assert.throws(() => decodeBody(bytes, null, true), BinaryBodyError);
    assert.equal(decodeBody(Buffer.from(`${'a'.repeat(100)}\0b`), null, true), `${'a'.repeat(100)}b`);
  });
});
