import type { SlimElement } from './slimElement';
import type { SlimText } from './slimText';

export const elementType = 1;
export const textType = 3;
export const documentType = 9;

export function isElement(node: { readonly nodeType: number }): node is SlimElement {
  return node.nodeType === elementType;
}

export function isText(node: { readonly nodeType: number }): node is SlimText {
  return node.nodeType === textType;
}
