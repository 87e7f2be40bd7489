import assert from 'node:assert/strict';
import type { SlimElement } from '../../../src/engine/extract/dom/slimElement';
import { parseHtml } from '../../../src/engine/extract/dom/parseHtml';

function element(html: string): SlimElement {
  const first = parseHtml(html, 'https://example.com/').body.firstElementChild;
  assert.ok(first);
  return first;
}

describe('slim DOM', () => {
  it('keeps the text right while the tree changes', () => {
    const root = element('<div><p>a<b>b</b></p><p>c</p></div>');
    assert.equal(root.textContent, 'abc');
    root.find(({ localName }) => localName === 'b')?.remove();
    assert.equal(root.textContent, 'ac');
    const first = root.firstElementChild;
    assert.ok(first);
    root.appendChild(first);
    assert.equal(root.textContent, 'ca');
    assert.equal(root.innerHTML, '<p>c</p><p>a</p>');
  });

  it('measures the text anew when the tree has changed', () => {
    const root = element('<div><p>a b<a href="/x">c d</a></p><p>e <a href="#f">f</a></p></div>');
    assert.deepEqual(root.measures, { all: 9, visible: 6, linked: 2 });
    root.find(({ localName }) => localName === 'a')?.remove();
    assert.deepEqual(root.measures, { all: 6, visible: 4, linked: 0 });
    root.firstElementChild?.remove();
    assert.deepEqual(root.measures, { all: 3, visible: 2, linked: 0 });
  });

  it('replaces a node by its own child and by its neighbour', () => {
    const nested = element('<div><p><b>x</b></p>y</div>');
    const paragraph = nested.firstElementChild;
    assert.ok(paragraph?.firstElementChild);
    nested.replaceChild(paragraph.firstElementChild, paragraph);
    assert.equal(nested.innerHTML, '<b>x</b>y');

    const row = element('<div><i>a</i><b>b</b><u>c</u></div>');
    const [italic, bold] = row.children;
    assert.ok(italic && bold);
    row.replaceChild(bold, italic);
    assert.equal(row.innerHTML, '<b>b</b><u>c</u>');
    assert.equal(bold.previousSibling, null);
  });

  it('reads the text of a tree of any depth', () => {
    const { body } = parseHtml('<span>'.repeat(100_000) + 'x', 'https://example.com/');
    assert.equal(body.textContent, 'x');
  });
});
