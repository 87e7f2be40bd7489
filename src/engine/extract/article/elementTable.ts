import { isElement, isText } from '../dom/nodeTypes';
import type { SlimElement } from '../dom/slimElement';
import type { SlimChild } from '../dom/slimNode';

const comma = 44;
const otherCommas = '،﹐︐︑⹁⸴⸲，、';

/**
 * Elements in document order, each with the row of its parent and what text stands directly in it. Columns instead of
 * objects, and rows that come after their parents': going through them backwards sums up what is below each.
 */
export class ElementTable {
  readonly elements: SlimElement[] = [];
  /** -1 for the first. */
  readonly parents: number[] = [];
  /** Those that show. */
  readonly characters: number[] = [];
  readonly commas: number[] = [];
  readonly childCounts: number[] = [];

  /** @param leavesOut is asked for each element before what is below it; not for `root`. */
  constructor(root: SlimElement, leavesOut: (element: SlimElement) => boolean) {
    this.add(root, -1);
    let row = 0;
    let node = root.firstChild;
    while (node) {
      if (isText(node)) this.addText(row, node.data);
      else if (!leavesOut(node)) {
        this.add(node, row);
        if (node.firstChild) {
          row = this.elements.length - 1;
          node = node.firstChild;
          continue;
        }
      }
      while (!node.nextSibling) {
        const up: SlimChild['parentNode'] = node.parentNode;
        if (!up || up === root || !isElement(up)) return;
        row = this.parents[row] ?? 0;
        node = up;
      }
      node = node.nextSibling;
    }
  }

  private add(element: SlimElement, parent: number): void {
    this.elements.push(element);
    this.parents.push(parent);
    this.characters.push(0);
    this.commas.push(0);
    this.childCounts.push(0);
    if (parent >= 0) this.childCounts[parent] = (this.childCounts[parent] ?? 0) + 1;
  }

  private addText(row: number, text: string): void {
    let characters = 0;
    let commas = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 32 && code !== 160) characters += 1;
      if (code === comma || (code > 0x600 && otherCommas.includes(text.charAt(i)))) commas += 1;
    }
    this.characters[row] = (this.characters[row] ?? 0) + characters;
    this.commas[row] = (this.commas[row] ?? 0) + commas;
  }
}
