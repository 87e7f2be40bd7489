import assert from 'node:assert/strict';
import { isoDate } from '../../../src/engine/extract/isoDate';

describe('isoDate', () => {
  it('takes ISO 8601 and mends what is nearly so', () => {
    assert.equal(isoDate('2024-05-01'), '2024-05-01');
    assert.equal(isoDate('2024-05-01T10:00:00Z'), '2024-05-01T10:00:00Z');
    assert.equal(isoDate(' 2024-05-01 10:00:00+0200 '), '2024-05-01T10:00:00+02:00');
    assert.equal(isoDate('2024-05-01T10:00:00.123-05:00'), '2024-05-01T10:00:00-05:00');
    assert.equal(isoDate('Wed, 01 May 2024 10:00:00 GMT'), '2024-05-01T10:00:00.000Z');
  });

  it('gives nothing for what is no date, or might be two', () => {
    for (const value of [
      '',
      null,
      undefined,
      'yesterday',
      '3/4/2024',
      '2024-02-31',
      '2024-13-01',
      '2024-05-01T25:00:00Z',
    ]) {
      assert.equal(isoDate(value), null, String(value));
    }
  });
});
