import assert from 'node:assert/strict';
import { ClientError } from '../../src/client/clientError';
import { requestHeaders, type RequestHeaderOptions } from '../../src/client/requestHeaders';

function refusalOf(options: RequestHeaderOptions): ClientError {
  try {
    requestHeaders(options);
  } catch (error) {
    assert.ok(error instanceof ClientError);
    return error;
  }
  return assert.fail('the headers were taken');
}

describe('the headers of a request', () => {
  it('carry the key as the server wants it, beside what else is asked for', () => {
    assert.deepEqual(requestHeaders({ apiKey: 'k' }), { 'X-API-Key': 'k' });
    assert.deepEqual(requestHeaders({ apiKey: 'k', authentication: 'bearer' }), {
      Authorization: 'Bearer k',
    });
    assert.deepEqual(requestHeaders({ apiKey: '', headers: { 'X-Tenant': 'a b' } }), { 'X-Tenant': 'a b' });
    assert.deepEqual(requestHeaders({ apiKey: 'k', headers: { Authorization: 'Basic eDp5' } }), {
      Authorization: 'Basic eDp5',
      'X-API-Key': 'k',
    });
  });

  for (const name of [
    'Host',
    'connection',
    'Upgrade',
    'Sec-WebSocket-Key',
    'sec-websocket-protocol',
    'Content-Length',
    'Transfer-Encoding',
    'Accept-Encoding',
    'Proxy-Authorization',
  ]) {
    it(`do not let ${name} be set`, () => {
      const error = refusalOf({ headers: { [name]: 'secret-value' } });
      assert.equal(error.reason, 'bad-header');
      assert.ok(error.message.includes(`"${name}" cannot be set`), error.message);
      assert.doesNotMatch(error.message, /secret-value/);
    });
  }

  it('do not let the key be set by another way than its own', () => {
    assert.match(refusalOf({ headers: { 'x-api-key': 'secret-value' } }).message, /carries the API key/);
    const bearer = refusalOf({ authentication: 'bearer', headers: { authorization: 'secret-value' } });
    assert.match(bearer.message, /"authorization" cannot be set, since it carries the API key/);
  });

  it('name what cannot be sent, and never its value', () => {
    const bad: [string, unknown][] = [
      ['X Tenant', 'secret-value'],
      ['', 'secret-value'],
      ['X-Tenant', 'secret-value\r\nX-Other: 1'],
      ['X-Tenant', 7],
    ];
    for (const [name, value] of bad) {
      const error = refusalOf({ headers: { [name]: value } as Record<string, string> });
      assert.equal(error.reason, 'bad-header');
      assert.ok(error.message.includes(JSON.stringify(name)), error.message);
      assert.doesNotMatch(error.message, /secret-value/);
    }
    assert.match(refusalOf({ headers: { 'X-A': '1', 'x-a': '2' } }).message, /"x-a" is there twice/);
  });

  it('do not show a key that cannot be sent', () => {
    const error = refusalOf({ apiKey: 'secret\nkey', authentication: 'bearer' });
    assert.equal(error.reason, 'unauthorized');
    assert.doesNotMatch(`${error.message}${String(error.cause)}`, /secret/);
  });
});
