import assert from 'node:assert/strict';
import type { ClientErrorReason } from '../../src/client/clientError';
import {
  brokenConnection,
  closedByServer,
  failedConnect,
  refusedUpgrade,
} from '../../src/client/transportFailure';

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
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['ECONNRESET', 'connection-lost'],
    ['HPE_INVALID_CONSTANT', 'bad-handshake'],
    ['HPE_HEADER_OVERFLOW', 'bad-handshake'],
  ];
  for (const [code, reason] of causes) {
    it(`calls ${code} ${reason}, and says where and what to do`, () => {
      const cause = coded(code);
      const error = failedConnect(url, cause);
      assert.equal(error.reason, reason);
      assert.ok(error.message.includes(url));
      assert.match(error.message, /Check .*\.$|certificate .*: (add|renew|use) /);
      assert.equal(error.cause, cause);
    });
  }

  it('calls a handshake without a code bad-handshake', () => {
    assert.equal(failedConnect(url, new Error('Invalid Upgrade header')).reason, 'bad-handshake');
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

describe('refusedUpgrade', () => {
  it('carries how long a busy server asked to be left alone', () => {
    const error = refusedUpgrade(url, 503, 30_000);
    assert.equal(error.retryAfterMs, 30_000);
    assert.match(error.message, /again in 30 s/);
    assert.equal(refusedUpgrade(url, 429).retryAfterMs, undefined);
  });
});

describe('closedByServer', () => {
  it('calls 1009 a message that is too large, and every other code a lost connection', () => {
    const error = closedByServer(url, 1009, '', 1000);
    assert.equal(error.reason, 'message-too-large');
    assert.match(error.message, /1000 bytes/);
    for (const code of [1000, 1001, 1006, 1008, 1011, 1012, 1013]) {
      const lost = closedByServer(url, code, 'as it is', 1000);
      assert.equal(lost.reason, 'connection-lost');
      assert.ok(lost.message.includes(`${code}, "as it is"`));
    }
  });
});
