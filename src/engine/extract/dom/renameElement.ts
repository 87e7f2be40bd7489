import type { SlimElement } from './slimElement';

/** Puts an element of another name, without attributes, in the place of `element`; its children move over. */
export function renameElement(element: SlimElement, name: string): SlimElement {
  const renamed = element.ownerDocument.createElement(name);
  while (element.firstChild) renamed.appendChild(element.firstChild);
  element.parentNode?.replaceChild(renamed, element);
  return renamed;
}
