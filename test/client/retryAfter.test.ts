import assert from 'node:assert/strict';
import { retryAfterMs } from '../../src/client/retryAfter';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('retryAfterMs', () => {
  const headers: [string | undefined, number | undefined][] = [
    ['60', 60_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['99999999999', 1_200_000],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [header, waitMs] of headers) {
    it(`reads ${JSON.stringify(header)}`, () => assert.equal(retryAfterMs(header, now), waitMs));
  }
});
