import type { MicrodataItem, StructuredData } from '../../protocol/messages';
import { boundedJson } from './boundedJson';
import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { isElement } from './dom/nodeTypes';
import { nextNode, nextSkippingChildren } from './dom/walk';

const maxItems = 20;
const maxProperties = 50;
const maxValues = 20;
const maxValueLength = 1_000;
const socialName = /^(?:og|article|product|book|profile|video|music|twitter):/;

/** What a page says of itself for programs; nothing, when it says nothing. */
export function readStructuredData(
  document: SlimDocument,
  linkedData: readonly unknown[],
): StructuredData | null {
  const data: StructuredData = {
    json_ld: boundedJson(linkedData),
    open_graph: readOpenGraph(document),
    microdata: readMicrodata(document),
  };
  const isEmpty =
    data.json_ld.length === 0 && data.microdata.length === 0 && Object.keys(data.open_graph).length === 0;
  return isEmpty ? null : data;
}

function readOpenGraph(document: SlimDocument): Record<string, string> {
  const properties = new Map<string, string>();
  for (const meta of document.getElementsByTagName('meta')) {
    const name = (meta.getAttribute('property') ?? meta.getAttribute('name'))?.trim().toLowerCase();
    const content = meta.getAttribute('content')?.trim();
    if (!name || !content || !socialName.test(name) || properties.has(name)) continue;
    properties.set(name.slice(0, maxValueLength), content.slice(0, maxValueLength));
    if (properties.size >= maxProperties) break;
  }
  return Object.fromEntries(properties);
}

/** Items that stand by themselves; an item inside another is told there by its text. */
function readMicrodata(document: SlimDocument): MicrodataItem[] {
  const items: MicrodataItem[] = [];
  let node = nextNode(document.body, document.body);
  while (node && items.length < maxItems) {
    const isItem = isElement(node) && node.hasAttribute('itemscope');
    if (isItem) {
      const item = readItem(node as SlimElement);
      if (Object.keys(item.properties).length > 0) items.push(item);
    }
    node = isItem ? nextSkippingChildren(node, document.body) : nextNode(node, document.body);
  }
  return items;
}

function readItem(item: SlimElement): MicrodataItem {
  const properties = new Map<string, string[]>();
  let node = nextNode(item, item);
  while (node) {
    const name = isElement(node) ? node.getAttribute('itemprop')?.trim() : null;
    const isNested = isElement(node) && node.hasAttribute('itemscope');
    if (name && isElement(node)) {
      const value = valueOf(node);
      const values = properties.get(name) ?? [];
      if (value && values.length < maxValues) properties.set(name.slice(0, 100), [...values, value]);
      if (properties.size >= maxProperties) break;
    }
    node = isNested ? nextSkippingChildren(node, item) : nextNode(node, item);
  }
  return {
    type: item.getAttribute('itemtype')?.trim().slice(0, maxValueLength) ?? null,
    properties: Object.fromEntries(properties),
  };
}

function valueOf(element: SlimElement): string {
  const address = element.getAttribute('href') ?? element.getAttribute('src');
  const value =
    element.getAttribute('content') ??
    element.getAttribute('datetime') ??
    (address === null ? null : element.ownerDocument.resolve(address)) ??
    element.textContent;
  return value
    .slice(0, 4 * maxValueLength)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxValueLength);
}
