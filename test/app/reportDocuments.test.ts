import assert from 'node:assert/strict';
import { comparisonDocument } from '../../src/app/comparisonDocument';
import { markdownTable } from '../../src/app/markdownTable';
import type { SessionSnapshot } from '../../src/app/session';
import { statusDocument } from '../../src/app/statusDocument';
import { ClientMetricsCounter } from '../../src/client/clientMetrics';

const at = new Date('2026-11-22T18:03:45Z');

describe('a Markdown table', () => {
  it('aligns its columns, and lets no cell break out', () => {
    assert.equal(
      markdownTable(['a', 'long head'], [['1', 'x|y\n# z'], ['*2*']]),
      [
        '| a     | long head |',
        '| ----- | --------- |',
        '| 1     | x\\|y \\# z |',
        '| \\*2\\* |           |',
      ].join('\n'),
    );
  });
});

describe('the document of a comparison', () => {
  it('has a row of medians for each transport, or the reason why there is none', () => {
    const run = { firstResultMs: 8.26, totalMs: 500, bytes: 12_345, messages: 10, succeeded: 4, failed: 1 };
    const text = comparisonDocument(
      {
        urls: 5,
        rounds: 3,
        transports: [
          {
            transport: 'websocket',
            runs: [run, { ...run, totalMs: 2000 }, { ...run, firstResultMs: 100, totalMs: 1000 }],
            failure: null,
          },
          { transport: 'sse', runs: [], failure: { reason: 'no-endpoint', message: 'answered HTTP 404' } },
        ],
      },
      'https://riptide.example',
      at,
    );
    assert.match(text, /5 URLs, 3 rounds, over https:\/\/riptide\.example, 2026-11-22T18:03:45\.000Z/);
    const cells = (name: string): string[] =>
      (text.split('\n').find((line) => line.startsWith(`| ${name}`)) ?? '')
        .split('|')
        .map((cell) => cell.trim());
    assert.deepEqual(cells('websocket').slice(1, -1), [
      'websocket',
      '8.3 ms',
      '1000 ms',
      '12,345',
      '10',
      '4',
      '1',
      '3',
      '',
    ]);
    assert.deepEqual(cells('sse').slice(1, -1), [
      'sse',
      ...Array.from({ length: 6 }, () => '–'),
      '0',
      'no-endpoint: answered HTTP 404',
    ]);
    assert.match(text, /## How it was measured/);
  });
});

describe('the status document', () => {
  it('shows what was counted and measured, and what a server says as text alone', () => {
    const metrics = new ClientMetricsCounter();
    metrics.messages = 1234;
    metrics.firstResult.record(250);
    const snapshot: SessionSnapshot = {
      server: { kind: 'remote', address: 'https://riptide.example' },
      engine: { kind: 'stopped' },
      connection: {
        kind: 'open',
        sessionId: '[x](command:evil)',
        protocolVersion: '1.0',
        extensions: [],
        sinceMs: at.getTime(),
        connectMs: 42,
      },
      latency: { count: 3, lastMs: 5, p50Ms: 6, p95Ms: 9, jitterMs: 1.5, lost: 1 },
      metrics: metrics.snapshot(),
      isReadingPaused: false,
      status: null,
    };
    const text = statusDocument(snapshot, at);
    for (const fact of ['Messages: 1,234', 'Jitter: 1.5 ms', 'Lost: 1 of 4', 'Time to connect: 42 ms']) {
      assert.ok(text.includes(`\n- ${fact}\n`), fact);
    }
    assert.match(text, /Until the first result of a crawl +\| 1 +\| 2\d\d ms/);
    assert.doesNotMatch(text, /[^\\]\]\(/);
    const before = statusDocument({ ...snapshot, connection: { kind: 'idle' }, latency: null }, at);
    assert.match(before, /\n- Median: –\n/);
  });
});
