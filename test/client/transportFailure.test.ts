import assert from 'node:assert/strict';
import type { ClientErrorReason } from '../../src/client/clientError';
import { brokenConnection, failedConnect } from '../../src/client/transportFailure';

const url = 'wss://host.example/crawl/ws';

function coded(code: string, message = 'the cause'): Error {
  return Object.assign(new Error(message), { code });
}

describe('failedConnect', () => {
  const causes: [string, ClientErrorReason][] = [
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETUNREACH', 'refused'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['ECONNRESET', 'connection-lost'],
    ['HPE_INVALID_CONSTANT', 'no-websocket'],
    ['HPE_HEADER_OVERFLOW', 'no-websocket'],
  ];
  for (const [code, reason] of causes) {
    it(`calls ${code} ${reason}, and says where and what to do`, () => {
      const cause = coded(code);
      const error = failedConnect(url, cause);
      assert.equal(error.reason, reason);
      assert.ok(error.message.includes(url));
      assert.match(error.message, /Check .*\.$/);
      assert.equal(error.cause, cause);
    });
  }

  it('calls a handshake without a code no-websocket', () => {
    assert.equal(failedConnect(url, new Error('Invalid Upgrade header')).reason, 'no-websocket');
  });
});

describe('brokenConnection', () => {
  it('tells the limit, the frame and the network apart', () => {
    const reasonOf = (cause: Error): ClientErrorReason => brokenConnection(url, cause, 1000).reason;
    assert.equal(reasonOf(coded('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')), 'message-too-large');
    assert.equal(reasonOf(coded('WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH')), 'message-too-large');
    assert.equal(reasonOf(coded('WS_ERR_INVALID_UTF8')), 'protocol');
    assert.equal(reasonOf(coded('ECONNRESET')), 'connection-lost');
    assert.equal(reasonOf(new Error('anything')), 'connection-lost');
  });
});
