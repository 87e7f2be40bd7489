import type { SlimElement } from './slimElement';
import type { SlimParent } from './slimParent';
import { isElement } from './nodeTypes';

/** HTML of everything inside `parent`. Iterative, as deep as the tree may be. */
export function serializeChildren(parent: SlimParent): string {
  let html = '';
  let node = parent.firstChild;
  while (node) {
    if (isElement(node)) {
      html += startTag(node);
      if (node.firstChild) {
        node = node.firstChild;
        continue;
      }
      html += endTag(node);
    } else {
      const isRaw = node.parentElement?.tag.isRawText === true;
      html += isRaw ? node.data : escapeText(node.data);
    }
    while (!node.nextSibling) {
      const up: SlimElement | null = node.parentElement;
      if (!up || up === parent) return html;
      html += endTag(up);
      node = up;
    }
    node = node.nextSibling;
  }
  return html;
}

function startTag(element: SlimElement): string {
  let tag = `<${element.localName}`;
  for (const { name, value } of element.attributes) tag += ` ${name}="${escapeAttribute(value)}"`;
  return `${tag}>`;
}

function endTag(element: SlimElement): string {
  return element.tag.isVoid ? '' : `</${element.localName}>`;
}

function escapeText(text: string): string {
  if (!/[&<>\u00a0]/.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\u00a0', '&nbsp;');
}

function escapeAttribute(text: string): string {
  if (!/[&"\u00a0]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('\u00a0', '&nbsp;');
}
