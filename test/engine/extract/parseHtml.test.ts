import assert from 'node:assert/strict';
import { parseHtml } from '../../../src/engine/extract/dom/parseHtml';

const body = (html: string) => parseHtml(html, 'https://example.com/a/').body.innerHTML;

describe('parseHtml', () => {
  it('makes html, head and body of any page', () => {
    const page = parseHtml('<title>T</title><p>x', 'https://example.com/');
    assert.equal(page.title, 'T');
    assert.equal(page.head.innerHTML, '<title>T</title>');
    assert.equal(page.body.innerHTML, '<p>x</p>');
    assert.equal(parseHtml('', 'https://example.com/').body.innerHTML, '');
  });

  it('merges attributes of html and body into the ones that exist', () => {
    const page = parseHtml(
      '<html lang=de><body class=a><p>x</p></body><body id=b class=c>',
      'https://example.com/',
    );
    assert.equal(page.documentElement.getAttribute('lang'), 'de');
    assert.equal(page.body.className, 'a');
    assert.equal(page.body.id, 'b');
  });

  it('ends what the standard says ends by itself', () => {
    assert.equal(body('<p>a<p>b<div>c</div>'), '<p>a</p><p>b</p><div>c</div>');
    assert.equal(
      body('<ul><li>a<ul><li>b</ul><li>c</ul>'),
      '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>',
    );
    assert.equal(body('<dl><dt>a<dd>b<dt>c</dl>'), '<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>');
    assert.equal(
      body('<table><tr><td>a<td>b<tr><td>c</table>d'),
      '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d',
    );
    assert.equal(body('<h2>a</h3>b'), '<h2>a</h2>b');
  });

  it('does not let an end tag reach out of a table cell', () => {
    assert.equal(
      body('<div><table><tr><td>a</div>b</table>c</div>'),
      '<div><table><tr><td>ab</td></tr></table>c</div>',
    );
  });

  it('does not let formatting that was ended inside a block go on after it', () => {
    assert.equal(body('<a href=x><div>a</a>b</div>c'), '<a href="x"><div>ab</div></a>c');
  });

  it('shows what a template declares as a shadow root, in the place of its host', () => {
    const document = parseHtml(
      '<x-card><template shadowrootmode="open"><p>in <b>the</b> shadow</p></template>light</x-card>',
      'https://example.com/',
    );
    assert.equal(document.body.innerHTML, '<x-card><p>in <b>the</b> shadow</p>light</x-card>');
  });

  it('leaves scripts, styles, comments and inert templates out, and keeps linked data', () => {
    const html = '<script>if (a</p>b) x</script><style>p{}</style><!-- c --><template>t</template><p>x</p>';
    assert.equal(body(html), '<p>x</p>');
    const data = parseHtml('<script type="application/ld+json">{"a":"<b>"}</script>', 'https://example.com/');
    assert.equal(data.find(({ localName }) => localName === 'script')?.textContent, '{"a":"<b>"}');
  });

  it('decodes entities in text and attributes, and writes them back', () => {
    assert.equal(
      body('<p title="a&quot;b&amp;c">&lt;&eacute;&nbsp;&#x20ac;'),
      '<p title="a&quot;b&amp;c">&lt;é&nbsp;€</p>',
    );
  });

  it('honours a base address', () => {
    const page = parseHtml('<base href="../b/"><a href=c>x</a>', 'https://example.com/a/');
    assert.equal(page.baseURI, 'https://example.com/b/');
  });

  it('flattens what nests too deep and keeps its text in order', () => {
    const page = parseHtml(
      `${'<div>'.repeat(5000)}deep${'</div>'.repeat(5000)}<p>after</p>`,
      'https://example.com/',
    );
    assert.equal(page.body.textContent, 'deepafter');
    assert.equal(page.body.children.at(-1)?.localName, 'p');
  });

  it('keeps no more attributes than a page needs', () => {
    const attributes = Array.from({ length: 5000 }, (_, i) => `a${i}=1`).join(' ');
    const element = parseHtml(`<div ${attributes}>x</div>`, 'https://example.com/').body.firstElementChild;
    assert.ok(element && element.attributes.length < 100);
  });
});
