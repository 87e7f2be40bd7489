import type { SlimElement } from './dom/slimElement';
import type { SlimChild } from './dom/slimNode';
import type { SlimParent } from './dom/slimParent';
import { isElement, isText } from './dom/nodeTypes';
import { renameElement } from './dom/renameElement';
import { blockTags } from './dom/tags';

/** `language-js`, `lang-js`, `highlight-python`, `brush: php`, `highlight-source-rust`. */
const languagePattern = /(?:^|\s)(?:language|lang|highlight-source|highlight|brush|code)[-:]\s*([\w+#.-]+)/i;
/** Some name the language bare, beside a class that says it is code. */
const barePattern = /(?:^|\s)(?:sourceCode|hljs)\s+(?!language)([\w+#-]+)/;
/** As Hexo does. */
const figurePattern = /^highlight ([\w+#-]+)$/;
const noLanguages = new Set([
  'default',
  'none',
  'text',
  'plain',
  'plaintext',
  'nohighlight',
  'block',
  'copybutton',
]);
const tableParts = new Set(['td', 'tr', 'tbody', 'table']);
const gutterPattern =
  /(?:^|[\s_-])(?:gutter|linenos?|line-?numbers?(?:-rows)?|lnt|copy(?:btn|button)?|code[_-]*header)(?:$|[\s_-])/i;

/** Rewrites each code block as `<pre><code class="language-x">`, its text alone. */
export function simplifyCodeBlocks(root: SlimElement): void {
  for (const block of root.getElementsByTagName('pre')) {
    if (!block.parentNode || isInsideCodeBlock(block)) continue;
    const language = languageOf(block, root);
    takeOutOfCode(block);
    const code = root.ownerDocument.createElement('code');
    if (language) code.className = `language-${language}`;
    code.textContent = preformattedText(block);
    const table = tableOfLines(block);
    block.textContent = '';
    block.attributes = [];
    block.appendChild(code);
    table?.parentNode?.replaceChild(block, table);
  }
}

/** Some wrap a block in what marks code in a line. */
function takeOutOfCode(block: SlimElement): void {
  for (let around = block.parentElement; around; around = around.parentElement) {
    if (around.localName === 'code') renameElement(around, 'div');
  }
}

/** Takes out the numbers that stand beside code, in a cell or a column of their own. */
export function removeLineNumbers(root: SlimElement): void {
  for (const block of root.getElementsByTagName('pre')) {
    if (isInsideCodeBlock(block)) continue;
    const cell =
      block.parentElement?.localName === 'td' ? block.parentElement : block.parentElement?.parentElement;
    const isBesideCode = cell?.localName === 'td' && Boolean(cell.nextElementSibling?.find(isCode));
    if (isBesideCode && isLineNumbers(cell)) block.remove();
    else
      for (const gutter of [
        ...block.select((element) => gutterPattern.test(element.className)),
        ...lineNumbers(block),
      ])
        gutter.remove();
  }
}

/** Two numbers may be what the code is about. */
const minNumbers = 3;

/** By what they say: at the beginning of each line, or on a line before it, each one more than the last. */
function lineNumbers(block: SlimElement): SlimElement[] {
  const numbers = block.select(
    (element) => isNumber(element) && !isNumber(element.parentElement) && beginsLine(element, block),
  );
  if (numbers.length < minNumbers) return [];
  const first = Number(numbers[0]?.textContent);
  const isCounting = numbers.every((element, at) => Number(element.textContent) === first + at);
  const text = preformattedText(block);
  const lines = text.split('\n').filter((line) => /\S/.test(line)).length;
  return isCounting && numbers.length >= lines / 2 && /[^\d\s]/.test(text) ? numbers : [];
}

function isNumber(element: SlimElement | null): boolean {
  if (!element || element.measures.all > 6) return false;
  return /^\s*\d+\s*$/.test(element.textContent);
}

function beginsLine(element: SlimElement, block: SlimElement): boolean {
  for (let up = element; up !== block; up = up.parentElement ?? block) {
    const before = up.previousSibling;
    if (before) return up.tag.isBlock || endsLine(isText(before) ? before.data : before.textContent);
  }
  return true;
}

function endsLine(text: string): boolean {
  return text.includes('\n', text.trimEnd().length);
}

/** Takes the names off highlighted code: what is called a comment is taken for one. */
export function unnameHighlighting(root: SlimParent): void {
  for (const block of root.getElementsByTagName('pre')) {
    for (const span of block.getElementsByTagName('span')) {
      if (!gutterPattern.test(span.className)) span.removeAttribute('class');
    }
  }
}

function isCode({ localName }: SlimElement): boolean {
  return localName === 'pre' || localName === 'code';
}

function isLineNumbers(element: SlimElement | undefined): boolean {
  return element !== undefined && /^[\d\s]*$/.test(element.textContent);
}

function isInsideCodeBlock(element: SlimElement): boolean {
  for (let node = element.parentElement; node; node = node.parentElement)
    if (node.localName === 'pre') return true;
  return false;
}

/** A block set beside its line numbers stands in a table of two cells, of which only the code is kept. */
function tableOfLines(block: SlimElement): SlimElement | null {
  const row =
    block.parentElement?.localName === 'div' ? block.parentElement.parentElement : block.parentElement;
  if (row?.localName !== 'td') return null;
  const cells = row.parentElement?.children ?? [];
  if (cells.length !== 2 || row !== cells[1] || !isLineNumbers(cells[0])) return null;
  let table = row.parentElement;
  while (table && table.localName !== 'table') table = table.parentElement;
  return table?.getElementsByTagName('tr').length === 1 ? table : null;
}

/** Named on the block, on the code in it, or on what the highlighter wrapped around it. */
function languageOf(block: SlimElement, root: SlimElement): string | null {
  const code = block.find(({ localName }) => localName === 'code');
  const named = (code ? languageNamedOn(code) : null) ?? languageNamedOn(block);
  if (named) return named;
  let around: SlimElement | null = block.parentElement;
  for (let step = 0; step < 3 && around && around !== root; around = around.parentElement) {
    const language =
      languagePattern.exec(around.className)?.[1] ??
      around.getAttribute('data-lang') ??
      (around.localName === 'figure' ? figurePattern.exec(around.className)?.[1] : null);
    if (language) return cleanLanguage(language);
    // A table that sets code beside its line numbers is one step, however many elements it takes.
    if (!tableParts.has(around.localName)) step += 1;
  }
  return null;
}

function languageNamedOn(element: SlimElement): string | null {
  const { className } = element;
  const attribute = ['data-lang', 'data-language', 'language']
    .map((name) => element.getAttribute(name))
    .find((value) => value !== null);
  const bare = barePattern.exec(className);
  const language = languagePattern.exec(className)?.[1] ?? attribute ?? bare?.[1];
  if (language) return cleanLanguage(language);
  // As rustdoc does, also for signatures.
  return /(?:^|\s)rust(?:\s|$)/.test(className) ? 'rust' : null;
}

function cleanLanguage(language: string): string | null {
  const name = language.toLowerCase();
  return noLanguages.has(name) || name.length > 20 ? null : name;
}

/** Text as it would be set: a line for each line break and for each block that a highlighter made of a line. */
function preformattedText(root: SlimParent): string {
  const parts: string[] = [];
  const endLine = () => {
    if (parts.length > 0 && parts.at(-1)?.endsWith('\n') === false) parts.push('\n');
  };
  let node: SlimChild | null = root.firstChild;
  while (node) {
    if (!isText(node)) {
      if (node.localName === 'br') parts.push('\n');
    } else if (node.data !== '') parts.push(node.data);
    if (isElement(node) && node.firstChild) {
      if (blockTags.has(node.localName) && node.localName !== 'td') endLine();
      node = node.firstChild;
      continue;
    }
    while (!node.nextSibling) {
      const up: SlimElement | null = node.parentElement;
      if (!up || up === root) return withoutOuterLines(parts);
      if (blockTags.has(up.localName) && up.localName !== 'td') endLine();
      node = up;
    }
    node = node.nextSibling;
  }
  return withoutOuterLines(parts);
}

function withoutOuterLines(parts: readonly string[]): string {
  return parts.join('').replace(/^\n+/, '').trimEnd();
}
