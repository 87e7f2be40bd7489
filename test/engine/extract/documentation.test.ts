import assert from 'node:assert/strict';
import { ReadingPool } from '../../support/readingPool';

const site = '<nav><a href="/">Projects</a></nav><p>Search the whole of this site by its many words.</p>';
const contents =
  '<div><b>On this page</b><ul><li><a href="#a">First</a><li><a href="#b">Second</a><li><a href="#c">Third</a></ul></div>';
const text = (
  own = '',
) => `${contents}<h1>tide(at)</h1><p>Tells the tide. See <a href="wave.html">wave</a>.</p>
  <p><a href="flow.html">flow</a> <a href="ebb.html">ebb</a> <a href="surge.html">surge</a></p>
  <h2 id="a">First<a class="headerlink" href="#a">¶</a></h2><p>One.</p>
  <h2 id="b">Second <a href="tide.rs.html#7">[src]</a></h2><p>Two.</p>
  <h2 id="c">Third</h2><ul><li>Three.</ul>
  ${own}<div class="footer prev-next">Next: waves</div>`;

const generated = (generator: string, body: string) =>
  `<html><head><title>tide</title><meta name="Generator" content="${generator}"></head><body>${body}</body></html>`;
const around = (body: string) => `${site}${body}<aside>Built by the docs team.</aside>`;

const pages: Record<string, string> = {
  rustdoc: generated('rustdoc', around(`<section id="main-content">${text()}</section>`)),
  Doxygen: generated('Doxygen 1.9.8', around(`<div class="contents">${text()}</div>`)),
  Javadoc: generated('javadoc/PackageWriter', around(`<main role="main">${text()}</main>`)),
  DocBook: generated(
    'DocBook XSL Stylesheets V1.79',
    around(
      `<div class="refentry">${text('<div class="toc"><p>Chapters: tides, <a href="wave.html">waves</a></p></div>')}</div>`,
    ),
  ),
  publican: generated(
    'publican v4.3',
    around(`<div class="section">${text('<ul class="docnav"><li>Up</ul>')}</div>`),
  ),
  Texinfo: generated('texi2any', text('<div class="nav-panel">Up: tides</div>')),
  Docutils: generated('Docutils 0.20: https://docutils.example', around(`<div role="main">${text()}</div>`)),
  Antora: generated('Antora 3.1', around(`<article class="doc">${text()}</article>`)),
  Docusaurus: generated(
    'Docusaurus v3.5',
    around(`<div class="theme-doc-markdown markdown">${text()}</div>`),
  ),
  MkDocs: generated(
    'mkdocs-1.6, mkdocs-material-9.5',
    around(`<article class="md-content__inner md-typeset">${text()}</article>`),
  ),
  VitePress: generated('VitePress v1.5', around(`<div class="vp-doc">${text()}</div>`)),
  Starlight: generated('Starlight v0.30', around(`<div class="sl-markdown-content">${text()}</div>`)),
  ExDoc: generated('ExDoc v0.34', around(`<div id="content">${text()}</div>`)),
  Sphinx: `<title>tide</title><body>${around(`<div class="documentwrapper"><div class="body" role="main">${text()}</div></div>`)}`,
  'a theme of Sphinx': `<title>tide</title><body>${around(`<div class="rst-content"><div role="main">${text()}</div></div>`)}`,
  mdBook: `<title>tide</title><body><div id="mdbook-menu-bar-hover-placeholder"></div>${around(`<main>${text()}</main>`)}`,
  Haddock: `<title>tide</title><body><div id="package-header">tides</div>${around(`<div id="content">${text('<div id="synopsis">tide :: At</div>')}</div>`)}`,
  QDoc: `<title>tide</title><body><div id="qtdocheader">Qt</div>${around(`<div class="content mainContent">${text('<div class="sidebar">Details</div>')}</div>`)}`,
  RDoc: `<title>tide</title><body>${around(`<main>${text('<pre class="method-source-code">def tide</pre>')}</main>`)}<footer id="validator-badges">By RDoc</footer>`,
  'gi-docgen': `<title>tide</title><body><div class="devhelp-hidden">${site}</div>${around(`<section id="main">${text()}</section>`)}`,
};

describe('extracting generated documentation', () => {
  const pool = new ReadingPool();

  before(() => pool.start());
  after(() => pool.stop());

  async function markdownOf(content: string): Promise<string | null> {
    const request = {
      url: 'https://docs.example.com/tide.html',
      mediaType: 'text/html',
      charset: 'utf-8',
    } as const;
    return (await pool.read(content, request)).document.markdown;
  }

  const expected = [
    '# tide(at)',
    'Tells the tide. See [wave](https://docs.example.com/wave.html).',
    '[flow](https://docs.example.com/flow.html) [ebb](https://docs.example.com/ebb.html) [surge](https://docs.example.com/surge.html)',
    '## First',
    'One.',
    '## Second',
    'Two.',
    '## Third',
    '- Three.',
  ].join('\n\n');

  for (const [generator, page] of Object.entries(pages)) {
    it(`takes all that ${generator} marks as the text, and nothing that only leads about in it`, async () => {
      assert.equal(await markdownOf(page), expected);
    });
  }

  it('shows as code what Doxygen shows line by line', async () => {
    const lines = ['int ebb() {', '  return -1;', '}'].map(
      (line, at) => `<div class="line"><span class="lineno">${at + 1}</span>${line}</div>`,
    );
    const code = `<div class="contents"><p>Falls.</p><div class="fragment">${lines.join('\n')}</div></div>`;
    assert.equal(
      await markdownOf(generated('Doxygen 1.9.8', code)),
      'Falls.\n\n```\nint ebb() {\n  return -1;\n}\n```',
    );
  });

  it('keeps the contents of a book where the page has little else', async () => {
    const toc =
      '<div class="toc"><p><a href="ebb.html">The ebb of the sea</a></p><p><a href="flow.html">The flow of it</a></p></div>';
    const markdown = await markdownOf(
      generated('DocBook XSL', `<div class="book"><h1>Tides</h1>${toc}</div>`),
    );
    assert.match(markdown ?? '', /\[The ebb of the sea\][^]*\[The flow of it\]/);
  });

  it('judges for itself where the marked text is empty, or the mark means nothing', async () => {
    const article = `<article><h1>Harbours</h1>${'<p>The harbour was quiet, the boats lay still, and nobody was about.</p>'.repeat(9)}</article>`;
    for (const page of [
      generated('Doxygen 1.9.8', `<div class="contents"><button>Search</button></div>${article}`),
      generated('Hugo 0.140', article),
      `<body><p>About <span class="rst-content">reStructuredText</span>.</p>${article}`,
    ]) {
      const markdown = await markdownOf(page);
      assert.match(markdown ?? '', /boats lay still/);
    }
  });
});
