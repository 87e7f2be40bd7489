import { isOutcomeFilter, type PanelMemory } from './panelMessages';

/** What `getState` gave back, which an older version may have written; `null` when it cannot be used. */
export function decodePanelMemory(value: unknown): PanelMemory | null {
  if (typeof value !== 'object' || value === null) return null;
  const { crawlId, text, outcome, scrollTop } = value as Record<string, unknown>;
  if (typeof crawlId !== 'string' || typeof text !== 'string' || !isOutcomeFilter(outcome)) return null;
  if (typeof scrollTop !== 'number' || !(scrollTop >= 0)) return null;
  return { crawlId, text, outcome, scrollTop };
}
