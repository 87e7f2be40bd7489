import assert from 'node:assert/strict';
import { ReadingPool } from '../../support/readingPool';

describe('showing as Markdown', () => {
  const pool = new ReadingPool();

  before(() => pool.start());
  after(() => pool.stop());

  async function assertMarkdown(html: string, ...blocks: string[]): Promise<void> {
    const filling = '<p>The harbour was quiet, the boats lay still, and nobody was about.</p>'.repeat(6);
    const { document } = await pool.read(`<main>${html}<hr>${filling}</main>`);
    const [shown = ''] = document.markdown?.split('\n\n---\n\n') ?? [];
    assert.equal(shown, blocks.join('\n\n'));
  }

  it('links in code, as code in links', async () => {
    await assertMarkdown(
      '<p>Gives a <code>List&lt;<b><a href="/tide">Tide</a></b>&gt; <a href="/or">or</a> <a href="/none">None</a></code>.</p>',
      'Gives a `List<`[`Tide`](https://example.com/tide)`>` [`or`](https://example.com/or) [`None`](https://example.com/none).',
    );
  });

  it('lists of whole sections, as these', async () => {
    await assertMarkdown(
      '<ul><li><p>Fixed</p><h3>ebb</h3><p>Falls.</p><li><h3>flow</h3><p>Rises.</p></ul>',
      'Fixed',
      '### ebb',
      'Falls.',
      '### flow',
      'Rises.',
    );
  });

  it('lines of their own in items', async () => {
    await assertMarkdown(
      '<ul><li><div>ebb</div><div>Falls.</div><li>flow<div>Rises.</div>slowly<li>slack</ul>',
      '- ebb\n\n  Falls.\n- flow\n\n  Rises.\n\n  slowly\n- slack',
    );
  });

  it('tables in tables that only give them their places', async () => {
    await assertMarkdown(
      `<table><tr><td><p>Springs</p><table><tr><th>Height<th>Time<tr><td>5 m<td>noon</table>
        <td><p>Neaps</p><table><tr><th>Height<th>Time<tr><td>3 m<td>dusk</table></table>`,
      'Springs',
      '| Height | Time |\n| --- | --- |\n| 5 m | noon |',
      'Neaps',
      '| Height | Time |\n| --- | --- |\n| 3 m | dusk |',
    );
  });

  it('a heading in the first row of a table, over it', async () => {
    await assertMarkdown(
      '<table><tr><td colspan="2"><h2>Functions</h2></td></tr><tr><td>void<td>ebb()<tr><td>int<td>flow()</table>',
      '## Functions',
      '| void | ebb() |\n| --- | --- |\n| int | flow() |',
    );
  });

  it('footnotes, of an item, a paragraph or a named anchor, without the links between', async () => {
    await assertMarkdown(
      `<p>Tides rise<sup id="r1"><a href="#n1">[1]</a></sup> and fall.<a id="r2" href="#fn2"><sup>2</sup></a>
        Twice<a class="footnote-ref" name="r3" href="#n3">3</a> a day.<sup><a href="#n1">[1]</a></sup></p>
        <p>See <a href="#n1">the first note</a>.</p>
        <ol><li id="n1"><a href="#r1">^</a> By the <a href="/moon">moon</a>.</ol>
        <p id="fn2"><sup>2</sup> By the sun. <a href="#r2">back</a></p>
        <p><a name="n3" href="#r3">3.</a> Or once.</p>`,
      'Tides rise[^1] and fall.[^2] Twice[^3] a day.[^1]',
      'See [the first note](https://example.com/#n1).',
      '[^1]: By the [moon](https://example.com/moon).',
      '[^2]: By the sun.',
      '[^3]: Or once.',
    );
  });

  it('footnotes in what their page calls so, also with several links back', async () => {
    const calls = ['1', '2', '1'].map(
      (at, place) => `<a href="#n${at}" id="r${place}" role="doc-noteref">[${at}]</a>`,
    );
    await assertMarkdown(
      `<p>Tides rise ${calls[0]} and fall ${calls[1]}. Twice ${calls[2]} a day.</p>
        <aside class="footnote-list">
          <aside class="footnote" id="n1" role="doc-footnote"><span class="label"><span>[</span>1<span>]</span></span>
            <span class="backrefs">(<a href="#r0">1</a>,<a href="#r2">2</a>)</span><p>By the moon.</p></aside>
          <aside class="footnote" id="n2" role="doc-footnote"><span class="label"><span>[</span><a href="#r1">2</a><span>]</span></span>
            <p>By the sun.</p></aside></aside>`,
      'Tides rise [^1] and fall [^2]. Twice [^1] a day.',
      '[^1]: By the moon.',
      '[^2]: By the sun.',
    );
    await assertMarkdown(
      `<p>Tides rise ${calls[0]} and fall ${calls[1]}. Twice ${calls[2]} a day.</p>
        <dl class="footnote"><dt id="n1"><span>1</span><span>(<a href="#r0">1</a>,<a href="#r2">2</a>)</span></dt>
          <dd><p>By the moon.</p></dd><dt id="n2"><span><a href="#r1">2</a></span></dt><dd><p>By the sun.</p></dd></dl>`,
      'Tides rise [^1] and fall [^2]. Twice [^1] a day.',
      '[^1]: By the moon.',
      '[^2]: By the sun.',
    );
  });

  it('what only looks like footnotes as it is', async () => {
    await assertMarkdown(
      `<p>Go to <sup><a href="#none">1</a></sup> or <sup><a href="#two">2</a></sup>.</p>
        <ol><li>None.<li id="two">One of two.</ol>`,
      'Go to <sup>[1](https://example.com/#none)</sup> or <sup>[2](https://example.com/#two)</sup>.',
      '1. None.\n2. One of two.',
    );
  });

  it('formulas by their TeX, once, and as it is', async () => {
    const tex = '\\frac{a_1}{b*2} < [c]';
    const mathMl = (more = '') =>
      `<math ${more}><semantics><mi>x</mi><annotation encoding="application/x-tex">${tex.replace('<', '&lt;')}</annotation></semantics></math>`;
    await assertMarkdown(
      `<p>Of <span class="katex"><span class="katex-mathml">${mathMl()}</span><span class="katex-html" aria-hidden="true">x</span></span>,
        <span class="mwe-math-element"><span style="display:none">${mathMl()}</span><img src="f.svg" alt="f"></span>,
        <span class="MathJax_Preview">x</span><span class="MathJax">x</span><script type="math/tex">${tex}</script>.</p>
        <p><span class="katex-display"><span class="katex">${mathMl()}</span></span></p>${mathMl('display="block"')}
        <p>But <math><mi>y</mi></math>.</p>`,
      `Of $${tex}$, $${tex}$, $${tex}$.`,
      `$$${tex}$$`,
      `$$${tex}$$`,
      'But y.',
    );
  });

  const lines = ['int ebb() {', '  return 1;', '}'];
  const code = `\`\`\`c\n${lines.join('\n')}\n\`\`\``;
  const numbered = {
    'a span of each line': `<pre><code class="language-c">${lines
      .map((line, at) => `<span style="display:flex"><span>${at + 7}</span><span>${line}\n</span></span>`)
      .join('')}</code></pre>`,
    'a row of each line': `<pre data-lang="c">${lines
      .map((line, at) => `<div><span class="n">${at + 1}</span><div>${line}</div></div>`)
      .join('')}</pre>`,
    'a table of a figure': `<figure class="highlight c"><table><tr><td><pre>1\n2\n3</pre></td><td><pre>${lines.join('\n')}</pre></td></table></figure>`,
    'a table in a line of code': `<code class="language-c"><table><tr><td><pre class="lineno">1\n2\n3\n</pre></td>
      <td><pre>${lines.join('\n')}</pre></td></tr></table></code>`,
  };
  for (const [how, html] of Object.entries(numbered)) {
    it(`code without the numbers of its lines, which stand in ${how}`, async () => {
      await assertMarkdown(html, code);
    });
  }

  it('code that counts, as it is', async () => {
    await assertMarkdown(
      '<pre><span>1</span>, <span>2</span>\n<span>2</span>, <span>3</span></pre><pre><i>1</i>\n<i>2</i></pre>',
      '```\n1, 2\n2, 3\n```',
      '```\n1\n2\n```',
    );
  });
});
