import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { judgeRequest } from '../../../src/engine/server/access';

const request = (headers: IncomingHttpHeaders): IncomingHttpHeaders => ({
  host: '127.0.0.1:4000',
  ...headers,
});

describe('judgeRequest', () => {
  it('wants the token, as a key or as a Bearer token', () => {
    assert.equal(judgeRequest(request({}), 'secret')?.status, 401);
    assert.equal(judgeRequest(request({ 'x-api-key': 'secret2' }), 'secret')?.status, 401);
    assert.equal(judgeRequest(request({ 'x-api-key': '' }), 'secret')?.status, 401);
    assert.equal(judgeRequest(request({ authorization: 'bearer secret' }), 'secret')?.status, 401);
    assert.equal(judgeRequest(request({ 'x-api-key': 'secret' }), 'secret'), null);
    assert.equal(judgeRequest(request({ authorization: 'Bearer secret' }), 'secret'), null);
    assert.equal(judgeRequest(request({}), null), null);
  });

  it('never tells the token', () => {
    assert.doesNotMatch(JSON.stringify(judgeRequest(request({}), 'secret')), /secret/);
  });

  it('refuses foreign origins, with or without a token', () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:4001', 'http://localhost:4000']) {
      assert.equal(judgeRequest(request({ origin, 'x-api-key': 'secret' }), 'secret')?.status, 403, origin);
      assert.equal(judgeRequest(request({ origin }), null)?.status, 403, origin);
    }
    assert.equal(judgeRequest(request({ origin: 'http://127.0.0.1:4000' }), null), null);
  });

  it('refuses a page whose name was rebound to loopback', () => {
    const rebound = request({ host: 'evil.example:4000', origin: 'http://evil.example:4000' });
    assert.equal(judgeRequest(rebound, null)?.status, 403);
  });
});
