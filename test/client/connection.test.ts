import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { ClientError, type ClientErrorReason } from '../../src/client/clientError';
import { ProtocolError } from '../../src/protocol/protocolError';
import { ClientBench, collect, failureOf, resultsOf } from '../support/clientBench';
import { frameHead, opcodes } from '../support/webSocketFrames';

const url = 'https://site.example/a';
const megabyte = 1024 * 1024;

/** Bytes without any order, the same for the same seed. */
function noise(byteCount: number, seed: number): Buffer {
  const bytes = Buffer.alloc(byteCount);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < byteCount; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state >>> 8;
  }
  return bytes;
}

describe('connecting', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('asks for /crawl/ws below the address, with the key in a header alone, no subprotocol, no extension', async () => {
    const server = await bench.serve();
    await bench.client(`${server.address}/base/?q=1`, { apiKey: 'sesame-key' }).ping();
    const [peer] = server.peers;
    assert.ok(peer);
    assert.equal(peer.requestPath, '/base/crawl/ws');
    assert.equal(peer.headers['x-api-key'], 'sesame-key');
    assert.equal(peer.headers['sec-websocket-protocol'], undefined);
    assert.equal(peer.headers['sec-websocket-extensions'], undefined);
    await bench.client(server.address).ping();
    assert.equal('x-api-key' in server.peers[1]!.headers, false);
  });

  it('refuses a bad address and a key that no header can carry when it is made', () => {
    const reasonOf = (address: string, apiKey: string): ClientErrorReason | undefined => {
      try {
        bench.client(address, { apiKey });
      } catch (error) {
        assert.ok(error instanceof ClientError);
        assert.ok(!inspect(error).includes('sesame'));
        return error.reason;
      }
      return undefined;
    };
    assert.equal(reasonOf('ftp://host', 'sesame'), 'bad-address');
    assert.equal(reasonOf('http://host', 'sesame\r\nX-Other: 1'), 'unauthorized');
  });

  const answers: [number, ClientErrorReason, RegExp][] = [
    [200, 'no-websocket', /RipTide server/],
    [302, 'http-error', /Redirects are not followed/],
    [400, 'http-error', /log/],
    [401, 'unauthorized', /Set the API key/],
    [403, 'forbidden', /does not allow/],
    [404, 'no-websocket', /RipTide server/],
    [405, 'no-websocket', /RipTide server/],
    [408, 'unavailable', /log/],
    [426, 'no-websocket', /RipTide server/],
    [429, 'rate-limited', /again/],
    [500, 'unavailable', /log/],
    [502, 'unavailable', /log/],
    [501, 'no-websocket', /RipTide server/],
    [503, 'rate-limited', /again/],
  ];
  for (const [status, reason, advice] of answers) {
    it(`calls HTTP ${status} ${reason}, asks once, and never shows the key`, async () => {
      let asked = 0;
      const server = await bench.serve({
        onUpgrade: (socket) => {
          asked += 1;
          socket.end(`HTTP/1.1 ${status} X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n`);
        },
      });
      const client = bench.client(server.address, { apiKey: 'sesame-key' });
      const error = await failureOf(client.ping(), reason);
      assert.match(error.message, advice);
      assert.ok(
        error.message.includes(`HTTP ${status}`) && error.message.includes(new URL(server.address).host),
      );
      assert.ok(!inspect(error, { depth: 10 }).includes('sesame-key'));
      assert.equal(asked, 1);
      assert.deepEqual(client.connection, { kind: 'closed', error });
    });
  }

  it('does not follow a redirect, so the key goes nowhere else', async () => {
    const other = await bench.serve();
    const server = await bench.serve({
      onUpgrade: (socket) =>
        socket.end(`HTTP/1.1 302 Found\r\nLocation: ${other.address}/crawl/ws\r\nContent-Length: 0\r\n\r\n`),
    });
    await failureOf(bench.client(server.address, { apiKey: 'sesame-key' }).ping(), 'http-error');
    assert.equal(other.peers.length, 0);
  });

  it('says that nothing listens', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const error = await failureOf(bench.client(`http://127.0.0.1:${port}`).ping(), 'refused');
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED.*Check`));
  });

  it('says that TLS failed where the server speaks none', async () => {
    const plain = createHttpServer();
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await failureOf(bench.client(`https://127.0.0.1:${port}`).ping(), 'tls');
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));
  });

  it('gives up on a server that accepts and never answers', async () => {
    const clock = bench.stopTime();
    let reached = (): void => undefined;
    const asked = new Promise<void>((resolve) => (reached = resolve));
    const server = await bench.serve({ onUpgrade: () => reached() });
    const failure = failureOf(
      bench.client(server.address, { connectTimeoutMs: 700 }).ping(),
      'connect-timeout',
    );
    await asked;
    clock.tick(700);
    assert.match((await failure).message, /700 ms/);
  });

  it('gives up on a server that never sends its welcome', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onOpen: (peer) => peer.sendFrame(opcodes.ping, Buffer.from('x')) });
    const client = bench.client(server.address, { connectTimeoutMs: 60_000, welcomeTimeoutMs: 700 });
    const failure = failureOf(client.ping(), 'welcome-timeout');
    // The Pong shows that the client has seen the connection open.
    await server.until(() => server.peers[0]?.frames.length === 1);
    clock.tick(699);
    assert.equal(client.connection.kind, 'connecting');
    clock.tick(1);
    assert.match((await failure).message, /700 ms/);
    await server.until(() => server.openPeers.length === 0);
  });

  it('names a socket that closes at once, before and after it opened', async () => {
    const before = await bench.serve({ onUpgrade: (socket) => socket.destroy() });
    await failureOf(bench.client(before.address).ping(), 'connection-lost');
    const after = await bench.serve({ onOpen: (peer) => peer.drop() });
    const client = bench.client(after.address, { maxRetries: 0 });
    const error = await failureOf(collect(client.crawl([url])), 'connection-lost');
    assert.match(error.message, /1006/);
  });

  it('shows the code and reason of a Close frame', async () => {
    const payload = Buffer.from('\u0003\u00e9too busy', 'latin1');
    const server = await bench.serve({ onOpen: (peer) => peer.sendFrame(opcodes.close, payload) });
    const error = await failureOf(bench.client(server.address).ping(), 'connection-lost');
    assert.match(error.message, /1001, "too busy"/);
  });
});

describe('what a hostile server sends', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('1 MB of random bytes instead of an HTTP answer', async () => {
    const server = await bench.serve({ onUpgrade: (socket) => socket.end(noise(megabyte, 7)) });
    await failureOf(bench.client(server.address).ping(), 'bad-handshake');
  });

  it('1 MB of random bytes instead of frames', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const server = await bench.serve({ onOpen: (peer) => peer.sendBytes(noise(megabyte, seed)) });
      await assert.rejects(bench.client(server.address).ping(), (error) => {
        assert.ok(error instanceof ClientError);
        assert.ok(['protocol', 'message-too-large', 'connection-lost'].includes(error.reason), error.message);
        return true;
      });
    }
  });

  it('1 MB of random bytes as a text', async () => {
    const server = await bench.serve({ onOpen: (peer) => peer.sendFrame(opcodes.text, noise(megabyte, 7)) });
    const error = await failureOf(bench.client(server.address).ping(), 'protocol');
    assert.match(error.message, /UTF-8/);
  });

  it('a message of 20 MB', async () => {
    const server = await bench.serve({
      onRequest: (peer) => peer.sendText(JSON.stringify({ message_type: 'x'.repeat(20 * megabyte) })),
    });
    const events = await collect(bench.client(server.address).crawl([url]));
    const failed = events.find((event) => event.message_type === 'undeliverable');
    assert.equal(failed?.data.reason, 'too-large');
    assert.match(failed.data.message, /10485760 bytes/);
  });

  it('the mere announcement of a message above the limit', async () => {
    for (const byteCount of [2001, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      const server = await bench.serve({
        onOpen: (peer) => peer.sendBytes(frameHead(opcodes.text, byteCount)),
      });
      const client = bench.client(server.address, { maxMessageBytes: 2000 });
      await failureOf(client.ping(), 'message-too-large');
    }
  });

  it('a message of just the limit is fine', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        const empty = JSON.stringify({ message_type: 'later', data: '' }).length;
        peer.sendText(JSON.stringify({ message_type: 'later', data: 'x'.repeat(4000 - empty) }));
        return peer.answer({ request_type: 'ping', data: {} });
      },
    });
    await bench.client(server.address, { maxMessageBytes: 4000 }).ping();
  });

  const breaches: [string, string, string | undefined][] = [
    ['text that is not JSON', 'this is not JSON', ''],
    ['an object without a tag', '{"data":{}}', 'message_type'],
    ['a wrong field type', '{"message_type":"welcome","data":{"session_id":7}}', 'data.session_id'],
    [
      'a first message that is no welcome',
      '{"message_type":"error","data":{"error_type":"e","message":"m"}}',
      'message_type',
    ],
  ];
  for (const [what, text, field] of breaches) {
    it(what, async () => {
      const server = await bench.serve({ onOpen: (peer) => peer.sendText(text) });
      const error = await failureOf(bench.client(server.address).ping(), 'protocol');
      assert.ok(error.cause instanceof ProtocolError);
      assert.equal(error.cause.field, field);
      await server.until(() => server.openPeers.length === 0);
    });
  }

  it('a wrong field type in the middle of a crawl ends a crawl out of tries and names the field', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(1);
        peer.sendText('{"message_type":"result","data":{"index":"0"}}');
      },
    });
    const error = await failureOf(
      collect(bench.client(server.address, { maxRetries: 0 }).crawl([url])),
      'protocol',
    );
    assert.match(error.message, /data\.index/);
  });

  it('a result for an index nobody asked for is no page', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(1);
        peer.sendResult(1, url, 1, 1);
        peer.sendResult(0, url, 1, 1);
      },
    });
    const client = bench.client(server.address);
    assert.deepEqual(resultsOf(await collect(client.crawl([url]))), [[0, url]]);
    assert.equal(client.metrics.ignoredResults, 1);
  });

  it('binary frames and messages of a later protocol are reported and skipped', async () => {
    const warnings: string[] = [];
    const server = await bench.serve({
      onOpen: (peer) => {
        peer.sendFrame(opcodes.binary, Buffer.from('{"message_type":"welcome"}'));
        peer.sendText('{"message_type":"weather","data":{}}');
        peer.greet();
      },
    });
    const quiet = (): void => undefined;
    const logger = { debug: quiet, info: quiet, warn: (text: string) => warnings.push(text), error: quiet };
    const client = bench.client(server.address, { logger });
    await client.ping();
    assert.equal(warnings.length, 2);
    assert.match(warnings[0]!, /binary frame of 26 bytes/);
    assert.match(warnings[1]!, /weather/);
    assert.equal(client.metrics.messages, 2, 'the welcome and the pong');
  });
});
