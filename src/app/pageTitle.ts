import type { PageRecord } from '../store/records';

/** Null for a page without a title of its own. */
export function pageTitle({ outcome }: PageRecord): string | null {
  return outcome.kind === 'succeeded' && outcome.title !== '' ? outcome.title : null;
}
