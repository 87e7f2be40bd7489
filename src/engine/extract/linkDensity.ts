import type { SlimElement } from './dom/slimElement';

/** Share of the text below `element` that is inside links to elsewhere, 0 to 1. */
export function linkDensity({ measures }: SlimElement): number {
  return measures.visible === 0 ? 0 : measures.linked / measures.visible;
}
