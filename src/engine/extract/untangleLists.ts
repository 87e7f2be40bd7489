import { isElement, isText } from './dom/nodeTypes';
import { renameElement } from './dom/renameElement';
import type { SlimElement } from './dom/slimElement';
import type { SlimChild } from './dom/slimNode';
import { headingTags, tagSet } from './dom/tags';

const listTags = tagSet('ul ol');
const flowTags = tagSet('article div footer header section');

/** Makes of lists what Markdown can show as such, and of others the parts of the page that they are. */
export function untangleLists(root: SlimElement): void {
  if (!root.ownerDocument.has('li')) return;
  for (const list of listsOfSections(root)) {
    for (const item of list.children) if (item.localName === 'li') renameElement(item, 'div');
    renameElement(list, 'div');
  }
  partLines(root);
}

/** In an item of Markdown a heading can only come first. */
function listsOfSections(root: SlimElement): Set<SlimElement> {
  const lists = new Set<SlimElement>();
  for (const heading of root.getElementsByTagNames(headingTags)) {
    let isFirst = true;
    let up = heading;
    for (; up !== root && up.localName !== 'li'; up = up.parentElement ?? root) isFirst &&= isFirstShown(up);
    const list = up.parentElement;
    if (!isFirst && up !== root && list && listTags.has(list.localName)) lists.add(list);
  }
  return lists;
}

function isFirstShown({ previousSibling }: SlimElement): boolean {
  for (let node = previousSibling; node; node = node.previousSibling) if (isShown(node)) return false;
  return true;
}

/** Makes paragraphs of what stands on lines of its own in list items, which would otherwise run into one line. */
function partLines(root: SlimElement): void {
  const inItems = new Set<SlimElement>();
  const blocks = root.select((element) => {
    const { parentElement, localName } = element;
    const isInItem =
      parentElement !== null && (parentElement.localName === 'li' || inItems.has(parentElement));
    if (isInItem) inItems.add(element);
    return localName === 'li' || (isInItem && flowTags.has(localName));
  });
  for (const block of blocks) {
    if (block.children.some(isBlock)) wrapLines(block);
    else if (block.localName !== 'li' && !block.find(isBlock)) renameElement(block, 'p');
  }
}

/** Between the blocks; an item's first line is where it belongs. */
function wrapLines(block: SlimElement): void {
  let line: SlimChild[] = [];
  const close = (before: SlimChild): void => {
    if (line.some(isShown)) {
      const paragraph = block.insertBefore(block.ownerDocument.createElement('p'), before);
      for (const node of line) paragraph.appendChild(node);
    }
    line = [];
  };
  const children = block.childNodes;
  const isBegun = block.localName !== 'li';
  const first = isBegun ? 0 : children.findIndex((child) => isElement(child) && isBlock(child));
  for (const child of children.slice(first)) {
    if (isElement(child) && isBlock(child)) close(child);
    else line.push(child);
  }
  const end = block.appendChild(block.ownerDocument.createElement('p'));
  close(end);
  end.remove();
}

function isBlock({ tag }: SlimElement): boolean {
  return tag.isBlock;
}

function isShown(node: SlimChild): boolean {
  return isText(node) ? /\S/.test(node.data) : node.measures.visible > 0 || node.localName === 'img';
}
