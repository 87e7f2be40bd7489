import assert from 'node:assert/strict';
import { refusalOf } from '../../src/client/urlCheck';

describe('refusalOf', () => {
  const refused: [string, RegExp][] = [
    ['https://example.com/v10.2/', /contains `10\.`/],
    ['https://110.5.6.7/', /contains `10\.`/],
    ['https://example.com/localhost-guide', /contains `localhost`/],
    ['http://[2001:db8::1]/', /contains `::1`/],
    ['http://169.254.169.254/', /contains `169\.254\.`/],
    ['http://127.1/', /`127\.0\.0\.1` is a private host/],
    ['http://0x7f.1/', /private host/],
    ['http://2130706433/', /private host/],
    ['http://172.31.0.1/', /`172\.31\.0\.1` is a private host/],
    ['http://LOCALHOST/', /`localhost` is a private host/],
    ['https://example.com/data.json', /contains `\.js`/],
    ['https://www.batman.example/', /contains `\.bat`/],
    ['https://example.com/SETUP.EXE', /contains `\.exe`/],
    [`https://example.com/${'%41'.repeat(21)}`, /21 `%` signs, more than 20/],
  ];
  for (const [url, reason] of refused) {
    it(`tells RipTide's rule for ${url}`, () => {
      const refusal = refusalOf(url, 'riptide') ?? '';
      assert.match(refusal, /^refused by RipTide's rule: /);
      assert.match(refusal, reason);
      assert.equal(refusalOf(url, 'engine'), undefined);
    });
  }

  const taken = [
    'https://nodejs.org/',
    'https://100.example.com/',
    'https://example.com/LOCALHOST-guide',
    'https://user:pw@example.com:8443/',
    'http://172.32.0.1/',
    `https://example.com/${'%41'.repeat(20)}`,
    'https://example.com/äöü漢字',
    '  https://example.com/',
  ];
  for (const url of taken) {
    it(`lets ${url} pass`, () => assert.equal(refusalOf(url, 'riptide'), undefined));
  }

  it('judges length in bytes, form and scheme for every server', () => {
    for (const rules of ['riptide', 'engine'] as const) {
      assert.match(
        refusalOf(`https://example.com/${'ä'.repeat(1020)}`, rules) ?? '',
        /2060 bytes, at most 2048/,
      );
      assert.match(refusalOf('example.com', rules) ?? '', /not a full URL/);
      assert.match(refusalOf('ftp://example.com/', rules) ?? '', /not ftp/);
    }
  });
});
