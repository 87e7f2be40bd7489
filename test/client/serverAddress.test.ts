import assert from 'node:assert/strict';
import { ClientError } from '../../src/client/clientError';
import { isLoopbackUrl, socketUrl } from '../../src/client/serverAddress';

describe('socketUrl', () => {
  const accepted: [string, string][] = [
    ['http://host', 'ws://host/crawl/ws'],
    ['http://host/', 'ws://host/crawl/ws'],
    ['https://host:8443', 'wss://host:8443/crawl/ws'],
    ['ws://host:3000', 'ws://host:3000/crawl/ws'],
    ['wss://host', 'wss://host/crawl/ws'],
    ['http://h/base/', 'ws://h/base/crawl/ws'],
    ['http://h/base', 'ws://h/base/crawl/ws'],
    ['https://h/a%20b//?create=1&token=x#top', 'wss://h/a%20b/crawl/ws'],
    ['HTTP://Host:80/', 'ws://host/crawl/ws'],
    [' http://host ', 'ws://host/crawl/ws'],
    ['http://[::1]:3000', 'ws://[::1]:3000/crawl/ws'],
  ];
  for (const [address, url] of accepted) {
    it(`makes ${url} of "${address}"`, () => assert.equal(socketUrl(address), url));
  }

  const refused: [string, RegExp][] = [
    ['', /not a URL/],
    ['example.com', /"example\.com" is not a URL.*http:\/\//],
    ['http://', /not a URL/],
    ['localhost:3000', /must start with http:\/\//],
    ['ftp://host', /must start with http:\/\//],
    ['file:///etc/hosts', /must start with http:\/\//],
    ['http://user:secret@host', /user name or password/],
    ['ftp://user:secret@host', /user name or password/],
    ['http://user:secret@:x', /not a URL/],
  ];
  for (const [address, message] of refused) {
    it(`refuses "${address}" with an explanation`, () => {
      assert.throws(
        () => socketUrl(address),
        (error) => {
          assert.ok(error instanceof ClientError);
          assert.equal(error.reason, 'bad-address');
          assert.match(error.message, message);
          assert.ok(!error.message.includes('secret'));
          return true;
        },
      );
    });
  }
});

describe('isLoopbackUrl', () => {
  for (const host of [
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '[::1]',
    '[::ffff:127.0.0.2]',
  ]) {
    it(`is true of ${host}`, () => assert.equal(isLoopbackUrl(`ws://${host}:3000/crawl/ws`), true));
  }
  for (const host of [
    '127.0.0.1.example',
    'mylocalhost',
    '192.168.1.2',
    '[::2]',
    '128.0.0.1',
    'riptide.example',
  ]) {
    it(`is false of ${host}`, () => assert.equal(isLoopbackUrl(`wss://${host}/crawl/ws`), false));
  }
});
