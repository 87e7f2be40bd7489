import { isElement, isText } from './dom/nodeTypes';
import type { SlimElement } from './dom/slimElement';
import type { SlimChild } from './dom/slimNode';

/**
 * Turns links in code into code in links: in a code span Markdown shows a link's address instead of following it. Code
 * blocks are to be plain by then.
 */
export function takeLinksOutOfCode(root: SlimElement): void {
  for (const code of root.getElementsByTagName('code')) {
    if (code.parentElement?.localName === 'pre' || !code.find(isLink)) continue;
    for (const wrapper of code.select((element) => !isLink(element) && element.find(isLink) !== null))
      unwrap(wrapper);
    for (const child of code.childNodes) {
      if (isElement(child) && isLink(child)) child.appendChild(codeOf(child.childNodes, code));
    }
    splitAtLinks(code);
  }
}

function isLink({ localName }: SlimElement): boolean {
  return localName === 'a';
}

/** What stands between the links stays code. */
function splitAtLinks(code: SlimElement): void {
  const between: SlimChild[] = [];
  const close = (): void => {
    if (between.length > 0) code.parentNode?.insertBefore(codeOf(between.splice(0), code), code);
  };
  for (const child of code.childNodes) {
    if (!isElement(child) || !isLink(child)) {
      between.push(child);
      continue;
    }
    close();
    code.parentNode?.insertBefore(child, code);
  }
  close();
  code.remove();
}

/** A code element like `code` around `nodes`; white space alone is no code. */
function codeOf(nodes: readonly SlimChild[], { ownerDocument }: SlimElement): SlimElement {
  const isBlank = nodes.every((node) => isText(node) && !/\S/.test(node.data));
  const code = ownerDocument.createElement(isBlank ? 'span' : 'code');
  for (const node of nodes) code.appendChild(node);
  return code;
}

export function unwrap(element: SlimElement): void {
  const parent = element.parentNode;
  if (!parent) return;
  for (const child of element.childNodes) parent.insertBefore(child, element);
  element.remove();
}
