import type { Distribution } from '../client/durations';
import { escapeMarkdown } from './escapeMarkdown';
import { markdownTable } from './markdownTable';
import type { SessionSnapshot } from './session';

/** What is known of the session, as a Markdown document. */
export function statusDocument(snapshot: SessionSnapshot, at: Date): string {
  const { metrics } = snapshot;
  return [
    '# RipTide: status',
    at.toISOString(),
    factList(sessionRows(snapshot)),
    '## Latency',
    'Round trips of the last pings, on an idle connection of their own. Jitter is the mean absolute difference of successive round trips.',
    factList(latencyRows(snapshot)),
    '## Since the editor started',
    factList([
      ['Messages', whole(metrics.messages)],
      ['Bytes', whole(metrics.bytes)],
      ['Connections replaced', whole(metrics.reconnects)],
      ['URLs asked for again', whole(metrics.resentUrls)],
      ['Results that came only then', whole(metrics.recoveredResults)],
      ['Results ignored, as they came twice or late', whole(metrics.ignoredResults)],
      ['Results received and not taken yet', whole(metrics.unreadEvents)],
      ['The most that these have been', whole(metrics.mostUnreadEvents)],
      ['Pings without an answer', whole(metrics.lostPings)],
    ]),
    markdownTable(
      ['', 'Count', 'Median', 'p95', 'Longest', 'Sum'],
      [
        ['Decoding a message', ...distributionCells(metrics.decode)],
        ['Connecting', ...distributionCells(metrics.connect)],
        ['Until the first result of a crawl', ...distributionCells(metrics.firstResult)],
        ['Ping', ...distributionCells(metrics.ping)],
      ],
    ),
    '',
  ].join('\n\n');
}

function factList(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`).join('\n');
}

function sessionRows({ server, engine, connection, status }: SessionSnapshot): [string, string][] {
  const rows: [string, string][] = [
    ['Server', server.kind === 'built-in' ? 'built-in engine' : server.address],
    ['Connection', connection.kind],
  ];
  if (server.kind === 'built-in') rows.push(['Engine', engine.kind]);
  if (connection.kind === 'open') {
    rows.push(
      ['Session', connection.sessionId],
      ['Protocol', connection.protocolVersion],
      ['Extensions', connection.extensions.join(', ') || 'none'],
      ['Connected since', new Date(connection.sinceMs).toISOString()],
    );
  } else if (connection.kind === 'closed' && connection.error) {
    rows.push(['Error', connection.error.message]);
  }
  if (status) {
    rows.push(
      ['Healthy', status.is_healthy ? 'yes' : 'no'],
      ['Messages of this session', whole(status.message_count)],
      ['Backpressure', whole(status.backpressure_count)],
    );
  }
  return rows;
}

function latencyRows({ connection, latency }: SessionSnapshot): [string, string][] {
  return [
    ['Last', milliseconds(latency?.lastMs)],
    ['Median', milliseconds(latency?.p50Ms)],
    ['p95', milliseconds(latency?.p95Ms)],
    ['Jitter', milliseconds(latency?.jitterMs)],
    ['Lost', latency ? `${latency.lost} of ${latency.count + latency.lost}` : '–'],
    ['Time to connect', milliseconds(connection.kind === 'open' ? connection.connectMs : undefined)],
  ];
}

function distributionCells({ count, totalMs, p50Ms, p95Ms, maxMs }: Distribution): string[] {
  return [whole(count), ...[p50Ms, p95Ms, maxMs, totalMs].map(milliseconds)];
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–';
  return `${value < 10 ? value.toFixed(value < 0.1 ? 3 : 1) : Math.round(value)} ms`;
}

function whole(value: number): string {
  return value.toLocaleString('en');
}
