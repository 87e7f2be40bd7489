import assert from 'node:assert/strict';
import { decodePanelRequest } from '../../src/panel/decodePanelRequest';
import type { PanelRequest } from '../../src/panel/panelMessages';

const rows: PanelRequest = {
  kind: 'rows',
  requestId: 1,
  query: { text: 'tide', outcome: 'failed', offset: 0, limit: 50 },
};

describe('a request of the panel', () => {
  it('is read as it was sent, without what is none of it', () => {
    const requests: PanelRequest[] = [
      { kind: 'ready' },
      rows,
      { kind: 'open', index: 7 },
      { kind: 'export' },
    ];
    for (const request of requests) {
      assert.deepEqual(decodePanelRequest({ ...request, other: 1 }), request);
    }
  });

  it('is none when the panel never sends such', () => {
    const wrong = [
      ...[undefined, null, 'ready', 1, [], {}, { kind: 'constructor' }, { kind: 'openPage' }],
      ...[{ kind: 'open' }, { kind: 'open', index: -1 }, { kind: 'open', index: '7' }],
      ...[
        { ...rows, requestId: 0.5 },
        { ...rows, query: null },
      ],
      ...[{ limit: -1 }, { offset: Number.NaN }, { outcome: 'any' }, { text: 5 }].map((change) => ({
        ...rows,
        query: { ...rows.query, ...change },
      })),
    ];
    for (const value of wrong) assert.equal(decodePanelRequest(value), null, JSON.stringify(value));
  });
});
