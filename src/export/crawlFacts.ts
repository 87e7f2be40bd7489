import type { CrawlRecord } from '../store/records';

/** The head of an export, as JSON holds it. Times are ISO 8601 in UTC. */
export function crawlFacts({ id, title, server, startedAtMs, site, state, counts }: CrawlRecord): object {
  return {
    id,
    title,
    server,
    site,
    started_at: new Date(startedAtMs).toISOString(),
    state: state.kind,
    ended_at: 'endedAtMs' in state ? new Date(state.endedAtMs).toISOString() : null,
    failure: state.kind === 'failed' ? { reason: state.reason, message: state.message } : null,
    counts,
  };
}
