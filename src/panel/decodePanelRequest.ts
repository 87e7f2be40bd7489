import { isOutcomeFilter, type PanelRequest, type RowsQuery } from './panelMessages';

/** What a panel's script sent; `null` for anything that ours never sends. */
export function decodePanelRequest(value: unknown): PanelRequest | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, requestId, query, index } = value as Record<string, unknown>;
  switch (kind) {
    case 'ready':
    case 'cancel':
    case 'pause':
    case 'resume':
    case 'retryFailed':
    case 'export':
    case 'crawlAgain':
      return { kind };
    case 'open':
      return isWhole(index) ? { kind, index } : null;
    case 'rows': {
      const rows = decodeQuery(query);
      return isWhole(requestId) && rows !== null ? { kind, requestId, query: rows } : null;
    }
    default:
      return null;
  }
}

function decodeQuery(value: unknown): RowsQuery | null {
  if (typeof value !== 'object' || value === null) return null;
  const { text, outcome, offset, limit } = value as Record<string, unknown>;
  if (typeof text !== 'string' || !isOutcomeFilter(outcome)) return null;
  return isWhole(offset) && isWhole(limit) ? { text, outcome, offset, limit } : null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
