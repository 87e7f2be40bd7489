import assert from 'node:assert/strict';
import { pageFilePath, withSuffix } from '../../src/export/fileName';

function pathOf(url: string): string {
  return pageFilePath(URL.parse(url)?.host ?? '', url).join('/');
}

describe('pageFilePath', () => {
  it('mirrors host and path', () => {
    assert.equal(pathOf('https://one.test'), 'one.test/index.md');
    assert.equal(pathOf('https://one.test:8080/docs/'), 'one.test_8080/docs/index.md');
    assert.equal(pathOf('https://one.test/docs/Guide.html#part'), 'one.test/docs/guide.md');
    assert.equal(pathOf('https://one.test/docs/readme.md'), 'one.test/docs/readme.md');
    assert.equal(pathOf('https://one.test/p?id=1&b=/x'), 'one.test/p_id=1&b=_x.md');
    assert.equal(pathOf('https://one.test/%C3%BCber/u%CC%88ber'), 'one.test/über/über.md');
    assert.equal(pathOf('not a url'), 'unknown-host/not a url.md');
  });

  it('keeps files and folders of one name apart', () => {
    assert.equal(pathOf('https://one.test/a.md/b'), 'one.test/a.md_/b.md');
    assert.equal(pathOf('https://index.md/'), 'index.md_/index.md');
  });

  it('makes no name that Windows refuses or that leaves the folder', () => {
    const hostile = [
      ...[
        'con',
        'NUL.txt',
        'com1',
        'lpt%C2%B9',
        'aux%20.x',
        'conin$',
        'a.',
        'a%20',
        '%20a',
        '...',
        '%2e%2e%5c%2e%2e',
      ],
      ...[
        '..%2f..%2fetc%2fpasswd',
        'C:%5cwindows',
        'a%00b',
        'a%0ab',
        'a%3ab',
        '.git',
        '%E2%80%AEgnp.exe',
        '%ff%fe',
      ],
      ...['%EF%BF%BF', 'a*?<>|"', '~', '-', '%7f'],
    ];
    const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)/i;
    for (const part of hostile) {
      for (const url of [
        `https://one.test/${part}`,
        `https://one.test/${part}/x`,
        `https://one.test/x/${part}?${part}`,
      ]) {
        const segments = pageFilePath('one.test', url);
        for (const segment of segments) {
          assert.doesNotMatch(segment, reserved, url);
          assert.doesNotMatch(segment, /[<>:"/\\|?*\p{Cc}\p{Cf}\uffff]|[. ]$|^[. ]/u, url);
          assert.notEqual(segment, '', url);
          assert.equal(segment, segment.normalize('NFC').toLowerCase());
        }
      }
    }
  });

  it('bounds each name and the whole path, and keeps long names apart', () => {
    const long = '日本語'.repeat(200);
    const paths = [
      ...[`https://one.test/${long}/a`, `https://one.test/${long}x/a`, `https://one.test/${long}`],
      ...[`https://one.test/${'deep/'.repeat(300)}end`, `https://one.test/${'deep/'.repeat(301)}end`],
      ...[
        `https://${'a.'.repeat(120)}test/${long}/${long}`,
        `https://${'a.'.repeat(120)}test/${long}/${long}?2`,
      ],
    ].map((url) => pageFilePath(URL.parse(url)?.host ?? '', url));
    for (const path of paths) {
      for (const segment of path) assert.ok(Buffer.byteLength(segment) <= 120, segment);
      assert.ok(Buffer.byteLength(path.join('/')) <= 180);
      assert.ok(path.at(-1)?.endsWith('.md'));
    }
    assert.equal(new Set(paths.map((path) => path.join('/'))).size, paths.length);
  });

  it('puts a suffix before the ending', () => {
    assert.deepEqual(withSuffix(['one.test', 'a.b.md'], 7), ['one.test', 'a.b-7.md']);
  });
});
