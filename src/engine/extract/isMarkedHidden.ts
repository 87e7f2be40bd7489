import type { SlimElement } from './dom/slimElement';

/** Whether an element's own markup keeps it from being seen; a picture in place of another is no such thing. */
export function isMarkedHidden(element: SlimElement): boolean {
  if (element.hasAttribute('hidden') || element.style.display === 'none') return true;
  return element.getAttribute('aria-hidden') === 'true' && !element.className.includes('fallback-image');
}
