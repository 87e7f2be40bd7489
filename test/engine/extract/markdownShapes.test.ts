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
});
