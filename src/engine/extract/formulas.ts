import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { SlimText } from './dom/slimText';
import { isElement } from './dom/nodeTypes';
import { tagSet } from './dom/tags';
import { shield } from './verbatim';

const formulaTags = tagSet('math script');
const texScript = 'math/tex';
/** What renderers put around a formula, with all the ways in which it is shown. */
const wrapperPattern = /(?:^|\s)(katex-display|katex|mwe-math-element)(?:$|\s)/;
const previewPattern = /(?:^|\s)MathJax/;

/** Writes each formula whose TeX the page has as `$TeX$`, or `$$TeX$$` where it stands alone, in a `math` element. */
export function writeFormulas(document: SlimDocument): void {
  const { body } = document;
  for (const element of document.getElementsByTagNames(formulaTags).filter(isFormula)) {
    const tex = texOf(element);
    if (!tex) continue;
    const whole = wrapperOf(element);
    const isAlone =
      whole.className.includes('display') ||
      element.getAttribute('display') === 'block' ||
      element.getAttribute('type')?.includes('mode=display') === true;
    const formula = body.ownerDocument.createElement('math');
    formula.textContent = isAlone ? `$$${tex}$$` : `$${tex}$`;
    removePreviews(whole);
    whole.parentNode?.replaceChild(formula, whole);
  }
}

/** Keeps Markdown from escaping what is in the formulas of `root`. */
export function shieldFormulas(root: SlimElement): void {
  for (const formula of root.getElementsByTagName('math')) {
    const text = formula.textContent;
    if (text.startsWith('$')) formula.parentNode?.replaceChild(new SlimText(shield(text)), formula);
  }
}

function isFormula(element: SlimElement): boolean {
  if (element.localName === 'math') return true;
  return element.localName === 'script' && element.getAttribute('type')?.startsWith(texScript) === true;
}

function texOf(element: SlimElement): string {
  if (element.localName === 'script') return element.textContent.trim();
  const annotation = element.find(
    (below) => below.localName === 'annotation' && below.getAttribute('encoding') === 'application/x-tex',
  );
  return (annotation?.textContent ?? element.getAttribute('alttext') ?? '').trim();
}

function wrapperOf(element: SlimElement): SlimElement {
  let whole = element;
  for (let up = element.parentElement; up && !up.tag.isBlock; up = up.parentElement) {
    if (wrapperPattern.test(up.className)) whole = up;
  }
  return whole;
}

/** What a script has made of a formula stands before its source. */
function removePreviews(source: SlimElement): void {
  let before = source.previousSibling;
  while (before && isElement(before) && previewPattern.test(before.className)) {
    const preview = before;
    before = before.previousSibling;
    preview.remove();
  }
}
