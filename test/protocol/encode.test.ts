import assert from 'node:assert/strict';
import { decodeServerMessage } from '../../src/protocol/decodeServerMessage';
import { encodeServerMessage, rfc3339 } from '../../src/protocol/encode';

const now = new Date(Date.UTC(2025, 10, 1, 9, 31, 19, 123));

describe('encodeServerMessage', () => {
  it("writes RipTide's envelope, under the one tag that every client knows", () => {
    const text = encodeServerMessage('error', { error_type: 'unknown_request', message: 'no' }, now);
    assert.deepEqual(JSON.parse(text), {
      message_type: 'error',
      data: { error_type: 'unknown_request', message: 'no' },
      timestamp: '2025-11-01T09:31:19.123000000+00:00',
    });
  });

  it('is read back as it was', () => {
    const pong = { session_id: 's1', timestamp: rfc3339(now) };
    const message = decodeServerMessage(encodeServerMessage('pong', pong, now));
    assert.deepEqual(message, { message_type: 'pong', data: pong, timestamp: rfc3339(now) });
  });
});

describe('rfc3339', () => {
  it('has nanosecond digits and an offset, and names the same instant', () => {
    assert.match(rfc3339(now), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00$/);
    assert.equal(Date.parse(rfc3339(now)), now.getTime());
  });
});
