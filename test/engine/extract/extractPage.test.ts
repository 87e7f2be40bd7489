import assert from 'node:assert/strict';
import type { ExtractedDocument } from '../../../src/protocol/messages';
import { ReadingPool } from '../../support/readingPool';

const sentence =
  'The harbour was quiet, the boats lay still, and nobody, as far as one could see, was about. ';
const paragraphs = (count: number) => `<p>${sentence.repeat(3)}</p>`.repeat(count);

const articlePage = `<!doctype html><html lang="en-GB"><head>
  <title>A quiet harbour | The Example Times</title>
  <meta property="og:site_name" content="The Example Times">
  <meta name="description" content="What a harbour is like at night.">
  <meta name="keywords" content="harbours, nights">
  <script type="application/ld+json">{"@context":"https://schema.org","@type":["NewsArticle"],
    "author":[{"name":"Ann Writer"},{"name":"Bo Editor"}],"datePublished":"2024-05-01T10:00:00+0200"}</script>
  </head><body>
  <nav><a href="/">Home</a> <a href="/news">News</a></nav>
  <article><h1>A quiet harbour</h1>
    <div class="byline">By Ann Writer</div>
    ${paragraphs(3)}
    <div class="share-bar"><a href="#">Facebook</a> <a href="#">Twitter</a></div>
    <figure><img src="/boat.jpg" alt="A boat"><figcaption>A boat at rest.</figcaption></figure>
    <p><strong>Read also:</strong> <a href="/other">Something else entirely, in another town</a></p>
    <h2>Later</h2>${paragraphs(3)}
    <p>See the <a href="tides.html?a=1#now">table of tides</a>, which has, for once, all that is needed.</p>
    <h3>Lesen Sie auch</h3><ul><li><a href="/a">Ein anderer Hafen</a><li><a href="/b">Noch ein Hafen</a></ul>
    <p>Sign up for our newsletter to get more harbours.</p>
  </article>
  <section id="comments"><p>First! ${sentence}</p></section>
  <footer>© The Example Times</footer></body></html>`;

const referencePage = `<html><head><title>open — Example 1.2 documentation</title></head><body>
  <div class="related"><ul><li><a href="x">next</a></ul></div>
  <div role="main"><h1>open<a class="headerlink" href="#open">¶</a></h1>
  <dl><dt id="open"><code>open(path)</code></dt><dd><p>Opens a file.</p></dd></dl>
  <div class="highlight-python notranslate"><div class="highlight"><pre><span>f</span> = open('x')\n<span>f</span>.read()</pre></div></div>
  <pre><code class="language-js"><span class="line">a()</span>\n<span class="line">b()</span></code></pre>
  <pre>plain</pre>
  <table><thead><tr><th>Mode<th>Meaning<tbody><tr><td>r<td>read<tr><td>w<td>write</table>
  <ul><li>one<ul><li>two<ol><li>three</ol></ul></ul></div></body></html>`;

describe('extracting a page', () => {
  const pool = new ReadingPool();

  before(() => pool.start());
  after(() => pool.stop());

  async function extract(
    content: string,
    mediaType = 'text/html',
    charset: string | null = 'utf-8',
  ): Promise<ExtractedDocument> {
    const { document } = await pool.read(content, {
      url: 'https://www.example.com/dir/page',
      mediaType,
      charset,
    });
    return document;
  }

  it('reads what a page says of itself', async () => {
    const document = await extract(articlePage);
    assert.equal(document.url, 'https://www.example.com/dir/page');
    assert.equal(document.title, 'A quiet harbour');
    assert.equal(document.byline, 'Ann Writer, Bo Editor');
    assert.equal(document.published_iso, '2024-05-01T10:00:00+02:00');
    assert.equal(document.language, 'en-GB');
    assert.equal(document.site_name, 'The Example Times');
    assert.equal(document.description, 'What a harbour is like at night.');
    assert.deepEqual(document.categories, ['harbours', 'nights']);
    assert.deepEqual(document.media, ['https://www.example.com/boat.jpg']);
    assert.deepEqual(document.links, [
      'https://www.example.com/',
      'https://www.example.com/news',
      'https://www.example.com/other',
      'https://www.example.com/dir/tides.html?a=1',
      'https://www.example.com/a',
      'https://www.example.com/b',
    ]);
  });

  it('keeps the article and leaves out what stands between and after its paragraphs', async () => {
    const { text, markdown: made } = await extract(articlePage);
    const markdown = made ?? '';
    assert.equal(text.split('The harbour was quiet').length - 1, 18);
    for (const wanted of ['Later', 'See the table of tides, which has'])
      assert.ok(text.includes(wanted), wanted);
    const unwanted = [
      'First!',
      'Facebook',
      'Read also',
      'anderer Hafen',
      'newsletter',
      'By Ann',
      'Home',
      '©',
      'A boat at rest',
    ];
    for (const words of unwanted) assert.ok(!text.includes(words), words);
    assert.ok(markdown.includes('## Later'));
    assert.ok(markdown.includes('[table of tides](https://www.example.com/dir/tides.html?a=1#now)'));
    assert.ok(markdown.includes('![A boat](https://www.example.com/boat.jpg)'));
    assert.ok(markdown.includes('A boat at rest'), 'a caption stays with its picture');
  });

  it('counts and rates', async () => {
    const document = await extract(articlePage);
    assert.ok(document.word_count !== null && document.word_count > 300 && document.word_count < 350);
    assert.equal(document.reading_time, 2);
    assert.ok(
      document.quality_score !== null && document.quality_score > 80 && document.quality_score <= 100,
    );
    assert.equal(document.parser_metadata?.parser_used, 'article');
    assert.equal(document.parser_metadata.fallback_occurred, false);
    const poor = await extract('<p>Hello there</p>');
    assert.ok(poor.quality_score !== null && poor.quality_score < 40);
    assert.equal((await extract('')).quality_score, 0);
  });

  it('keeps code, tables, terms and nested lists of documentation', async () => {
    const { title, text, markdown: made } = await extract(referencePage);
    const markdown = made ?? '';
    assert.ok(title?.startsWith('open'));
    assert.ok(markdown.includes("```python\nf = open('x')\nf.read()\n```"), markdown);
    assert.ok(markdown.includes('```js\na()\nb()\n```'));
    assert.ok(markdown.includes('```\nplain\n```'));
    assert.ok(markdown.includes('**`open(path)`**'));
    assert.ok(markdown.includes('| Mode | Meaning |\n| --- | --- |\n| r | read |\n| w | write |'));
    assert.match(markdown, /^- one\n {2,4}- two\n {4,8}1\. three$/m);
    assert.ok(!markdown.includes('¶'));
    assert.ok(text.includes("f = open('x')\nf.read()"));
    assert.ok(!text.includes('next'));
  });

  it('keeps comments of code, and leaves out the numbers of its lines', async () => {
    const prose = `<p>${'The harbour was quiet when the ships came in, and the light stood dark. '.repeat(8)}</p>`;
    const code = '<span class="k">read</span>() <span class="comment hljs-comment">// read more</span>';
    const numbered =
      '<div class="highlight language-js"><table class="highlighttable"><tr><td class="linenos"><div><pre>1\n2</pre></div></td>' +
      '<td class="code"><div><pre><span></span>first()\nsecond() <span class="c1 comment">// two</span></pre></div></td></tr></table></div>';
    for (const blocks of [code, `${code}</pre><pre>b</pre><pre>c`]) {
      const html = `<main>${prose}<pre>${blocks}</pre>${numbered}${prose}</main>`;
      const { text, markdown } = await extract(html);
      assert.ok(markdown?.includes('```\nread() // read more\n```'), markdown ?? '');
      assert.ok(markdown?.includes('```js\nfirst()\nsecond() // two\n```'), markdown ?? '');
      assert.ok(text.includes('first()\nsecond() // two') && !/^1$/m.test(text), text);
    }
  });

  it('takes a reference of many short parts whole, and a short page without what pops up over it', async () => {
    const methods = Array.from(
      { length: 25 },
      (_, at) => `<section id="m${at}"><h4>fn method_${at}() -> u${at}</h4><p>Read ${at}.</p></section>`,
    );
    const reference = await extract(
      `<nav>Menu</nav><main><h1>Struct</h1><pre>pub struct A;</pre>${methods.join('')}</main>`,
    );
    for (let at = 0; at < 25; at++) assert.ok(reference.text.includes(`fn method_${at}()`), `method ${at}`);
    const help = `<div id="help-popup"><div><h2>Keyboard shortcuts</h2><p>Press the key of a letter, or of another one, for what it does.</p></div></div>`;
    const short = await extract(
      `<body>${help}<div><main><h1>More</h1><p>${'The harbour was quiet, and the light stood dark. '.repeat(5)}</p></main></div></body>`,
    );
    assert.ok(short.text.includes('The harbour') && !short.text.includes('Press the key'), short.text);
  });

  it('finds the article in the cell of a table that gives the page its places', async () => {
    const menu = '<ul><li><a href="/a">Tides of the north</a><li><a href="/b">Tides of the south</a></ul>';
    const html = `<table><tr><td>${menu}</td><td><h2>Later</h2>${paragraphs(4)}</td></tr></table>`;
    const { text, markdown } = await extract(html);
    assert.ok(text.startsWith('Later\n\nThe harbour was quiet'), text.slice(0, 80));
    assert.ok(markdown?.startsWith('## Later\n\nThe harbour was quiet'), markdown?.slice(0, 80));
    assert.doesNotMatch(text, /Tides/);
  });

  it('keeps headings that are links, and the content of tables of one cell', async () => {
    const heading = '<a href="/tides"><h2>Tides <b>ahead</b></h2></a>';
    const { markdown } = await extract(
      `<article>${paragraphs(2)}${heading}<table><tr><td><p>A <i>quiet</i> word.</p></table>${paragraphs(2)}</article>`,
    );
    assert.match(markdown ?? '', /\n\n## \[Tides \*\*ahead\*\*\]\(https:\/\/www\.example\.com\/tides\)\n\n/);
    assert.match(markdown ?? '', /\n\nA [*_]quiet[*_] word\.\n\n/);
  });

  it('takes a list for a part of the page, and no list of links away from under its heading', async () => {
    const item = `<li><blockquote>${paragraphs(4)}</blockquote><p>${sentence.repeat(3)}</p>`;
    const { text } = await extract(`<title>Start</title><body><p>What to do first.</p><h2>Get it</h2>
      <ul><li><p>Fetch a <a href="boat">boat</a>.</p></ul><h2>Use it</h2><ul>${item}</ul>
      <h2>See also</h2><ul><li><a href="tides">Tides of the harbour</a><li><a href="winds">Winds of it</a></ul>`);
    for (const part of ['What to do first.', 'Get it', 'Fetch a boat.', 'See also', 'Winds of it']) {
      assert.ok(text.includes(part), part);
    }
  });

  it('keeps fields with a hidden label, and text that is unfolded', async () => {
    const field = (text: string) =>
      `<div class="field field--name-body field--label-hidden"><p>${text}</p></div>`;
    const { text } = await extract(`<title>Tides</title><body><article><h1>Tides</h1>${paragraphs(2)}
      ${field('The ebb, as all know, follows the flow.')}
      <div class="js-readmore"><p>The flow, in its turn, follows the moon.</p></div>${paragraphs(2)}</article>`);
    assert.match(text, /follows the flow[^]*follows the moon/);
  });

  for (const tag of ['aside', 'footer', 'div', 'section']) {
    it(`keeps footnotes of an article in <${tag}>, and leaves out what else stands in one`, async () => {
      const { markdown } = await extract(
        `<body><article>${paragraphs(3)}<p>It was quiet.<a href="#n1" id="r1" class="footnote">1</a></p>${paragraphs(3)}
          <${tag} class="footnotes"><ol><li id="n1">Mostly. <a href="#r1">↩</a></ol></${tag}>
          <${tag} class="sidebar"><p><a href="/b">Another harbour</a></p></${tag}></article></body>`,
      );
      assert.match(markdown ?? '', /It was quiet\.\[\^1\]\n[^]*\n\[\^1\]: Mostly\.$/);
    });
  }

  it('is not led away from the article by data for machines', async () => {
    const data = `<script type="application/ld+json">{"articleBody":"${sentence.repeat(400)}"}</script>`;
    const slides = `<section><div><div>${paragraphs(2)}</div></div></section>`.repeat(8);
    const { text } = await extract(`<title>Nights</title><body><article><div class="post-content">
      ${paragraphs(2)}${data}</div>
      <div class="slides">${slides}</div></article>`);
    assert.ok(text.length > 2000, text);
  });

  it('is never empty for a page with text', async () => {
    assert.equal((await extract('just text')).text, 'just text');
    assert.equal(
      (await extract('<div class="gallery"><img src=a.png>A few words.</div>')).text,
      'A few words.',
    );
    assert.equal((await extract('<nav><a href=/a>One</a> <a href=/b>Two</a></nav>')).links.length, 2);
    const index = await extract(
      `<h1>Index</h1><ul>${'<li><a href=/x>An entry of the index</a>'.repeat(30)}</ul>`,
    );
    assert.equal(index.text.split('An entry').length - 1, 30);
    const short = await extract(
      '<header>Site</header><main><h1>Hours</h1><p>We open at ten.</p></main><footer>Legal</footer>',
    );
    assert.ok(short.text.includes('We open at ten.'));
    assert.ok(!short.text.includes('Legal'));
  });

  it('parts blocks, and leaves lines inside a block together', async () => {
    const { text } = await extract(
      '<main><p>One <b>t</b>wo<br>three</p><div>four</div><div>five</div></main>',
    );
    assert.equal(text, 'One two\nthree\n\nfour\nfive');
  });

  it('counts words of scripts without spaces', async () => {
    const { word_count: words } = await extract('<p>今日は天気がいいですね。</p>');
    assert.ok(words !== null && words >= 5 && words <= 9, String(words));
  });

  it('hands text on as it is, and data and code as fenced blocks', async () => {
    assert.equal((await extract('# T\n\n*x*', 'text/markdown')).markdown, '# T\n\n*x*');
    assert.equal((await extract('# T\n\n*x*', 'text/markdown')).title, 'T');
    assert.equal((await extract('a < b', 'text/plain')).text, 'a < b');
    assert.equal((await extract('{"a":1}\n', 'application/ld+json')).markdown, '```json\n{"a":1}\n```');
    assert.equal((await extract('a,b', 'text/csv')).markdown, '```csv\na,b\n```');
    assert.equal((await extract('x = "```"', 'text/x-python')).markdown, '````python\nx = "```"\n````');
  });

  it('reads HTML that was sent under a vague type', async () => {
    assert.equal((await extract('<!doctype html><title>T</title><p>x</p>', '')).title, 'T');
    const xhtml = '<?xml version="1.0"?><html><head><title>T</title></head><body><p>x</p></body></html>';
    assert.equal((await extract(xhtml, 'application/xml')).title, 'T');
    assert.equal(
      (await extract('<feed><a>1</a></feed>', 'application/xml')).markdown,
      '```xml\n<feed><a>1</a></feed>\n```',
    );
  });
});
