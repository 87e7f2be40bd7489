import assert from 'node:assert/strict';
import { findUrls, hostsOf, readUrlList } from '../../src/app/urlList';

describe('readUrlList', () => {
  it('reads URLs separated by spaces, line breaks and commas, in order, repeats kept', () => {
    const { urls, problems } = readUrlList(
      'https://a.example/1 https://b.example/2,\nhttps://c.example/x,y,https://a.example/1\t<https://d.example>; (https://e.example/f_(g))',
    );
    assert.deepEqual(urls, [
      'https://a.example/1',
      'https://b.example/2',
      'https://c.example/x,y',
      'https://a.example/1',
      'https://d.example',
      'https://e.example/f_(g)',
    ]);
    assert.deepEqual(problems, []);
  });

  it('sends what the user wrote, not a normalised form', () => {
    // Percent-encoding the path could push it over a server's limit of 20 per cent signs.
    assert.deepEqual(readUrlList('HTTPS://Example.com/ä/../b').urls, ['HTTPS://Example.com/ä/../b']);
  });

  for (const [text, reason] of [
    ['example.com', 'not-a-url'],
    ['http://', 'not-a-url'],
    ['https://exa mple', null],
    ['ftp://example.com/x', 'not-http'],
    ['javascript:alert(1)', 'not-http'],
    ['file:///etc/passwd', 'not-http'],
    ['https://user:secret@example.com/', 'has-credentials'],
    [`https://example.com/${'x'.repeat(2048)}`, 'too-long'],
  ] as const) {
    it(`judges ${text.slice(0, 40)}`, () => {
      const { problems } = readUrlList(`https://good.example ${text}`);
      if (reason === null) assert.equal(problems[0]?.text, 'mple');
      else assert.deepEqual(problems, [{ text, reason }]);
    });
  }

  it('finds nothing in nothing', () => {
    assert.deepEqual(readUrlList(' \n '), { urls: [], problems: [] });
  });
});

describe('findUrls', () => {
  it('finds URLs in prose, Markdown, HTML and code, each once', () => {
    const text = `See https://a.example/x. And (https://b.example/y), [link](https://c.example/z_(w)),
      <a href="https://d.example/q?a=1&b=2">https://a.example/x</a>, const u = 'https://e.example/';`;
    assert.deepEqual(findUrls(text), [
      'https://a.example/x',
      'https://b.example/y',
      'https://c.example/z_(w)',
      'https://d.example/q?a=1&b=2',
      'https://e.example/',
    ]);
  });

  it('leaves out what is no crawlable URL', () => {
    assert.deepEqual(findUrls('http:// ftp://x.example mailto:a@b.example https://u:p@x.example/'), []);
  });
});

describe('hostsOf', () => {
  it('names each host once, with its port', () => {
    assert.deepEqual(hostsOf(['http://a.example:81/x', 'http://a.example:81/y', 'http://b.example/']), [
      'a.example:81',
      'b.example',
    ]);
  });
});
