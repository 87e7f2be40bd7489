import assert from 'node:assert/strict';
import { checkUrl } from '../../../src/engine/fetch/urlRules';

describe('checkUrl', () => {
  it('refuses in the words of RipTide', () => {
    assert.equal(
      checkUrl('ftp://site.example/x', 1),
      'Invalid URL: ftp://site.example/x - URL 1 validation failed: Unsupported URL scheme: ftp',
    );
    assert.equal(
      checkUrl('not a url', 2),
      'Invalid URL: not a url - URL 2 validation failed: Invalid URL format: relative URL without a base',
    );
  });

  it('refuses more than 2048 bytes, however few characters', () => {
    const base = 'https://site.example/';
    assert.equal(checkUrl(base + 'a'.repeat(2048 - base.length), 1), null);
    assert.match(checkUrl(base + 'a'.repeat(2049 - base.length), 1) ?? '', /URL 1 .*2049 bytes/);
    assert.match(checkUrl(base + 'ツ'.repeat(700), 3) ?? '', /URL 3 .*2121 bytes/);
  });

  it('does not echo a huge URL', () => {
    assert.ok((checkUrl('x'.repeat(1_000_000), 1) ?? '').length < 3000);
  });

  for (const url of [
    'http://',
    'http://a:99999/',
    'http://[::1',
    'https://1.2.3.4.5/',
    '//host/x',
    'host.example',
    '',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => assert.match(checkUrl(url, 1) ?? '', /Invalid URL format/));
  }

  for (const url of [
    'HTTPS://Site.example',
    ' https://site.example/ ',
    'https://site.example/v10.2/data.json',
    'http://localhost:3000/',
    'http://192.168.1.1/',
    'https://site.example/%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20',
    'https://next.js.org/',
  ]) {
    it(`accepts ${url}`, () => assert.equal(checkUrl(url, 1), null));
  }
});
