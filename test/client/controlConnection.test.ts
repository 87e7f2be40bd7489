import assert from 'node:assert/strict';
import type { ConnectionState } from '../../src/client/control';
import type { FakePeer } from '../support/fakeRipTide';
import { opcodes } from '../support/webSocketFrames';
import { ClientBench, collect, failureOf } from '../support/clientBench';

const never = (): Promise<void> => new Promise(() => undefined);

function pingsOf(peer: FakePeer): number {
  return peer.frames.filter((frame) => frame.opcode === opcodes.ping).length;
}

describe('ping', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('measures from send to pong on an open connection, and keeps connect time apart', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onOpen: () => undefined, onRequest: () => undefined });
    const client = bench.client(server.address);
    const sendPong = (): void => void server.peers[0]!.answer({ request_type: 'ping', data: {} });

    const first = client.ping();
    await server.until(() => server.peers.length === 1);
    clock.tick(3000);
    server.peers[0]!.greet();
    await server.until(() => server.peers[0]?.requests.length === 1);
    clock.tick(25);
    sendPong();
    assert.deepEqual(await first, {
      latencyMs: 25,
      sessionId: 'session-1',
      serverTime: '2026-11-22T18:03:46.264742053+00:00',
    });

    const second = client.ping();
    await server.until(() => server.peers[0]?.requests.length === 2);
    clock.tick(5);
    sendPong();
    assert.equal((await second).latencyMs, 5);
    assert.deepEqual(client.latency, { count: 2, lastMs: 5, p50Ms: 5, p95Ms: 25, jitterMs: 20, lost: 0 });
    const { ping, connect } = client.metrics;
    assert.deepEqual([ping.count, ping.totalMs, ping.maxMs], [2, 30, 25]);
    assert.deepEqual([connect.count, connect.totalMs], [1, 3000]);
    const { connection } = client;
    assert.ok(connection.kind === 'open');
    assert.equal(connection.connectMs, 3000);
    assert.equal(server.peers.length, 1);
  });

  it('tells what the connection is, as it changes', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    const states: ConnectionState[] = [];
    client.onDidChangeConnection((state) => states.push(state));
    assert.deepEqual(client.connection, { kind: 'idle' });
    const beforeMs = Date.now();
    await client.ping();
    const open = states[1];
    assert.ok(open?.kind === 'open');
    assert.deepEqual(open, {
      kind: 'open',
      sessionId: 'session-1',
      protocolVersion: '1.0',
      extensions: [],
      sinceMs: open.sinceMs,
      connectMs: open.connectMs,
    });
    assert.ok(open.sinceMs >= beforeMs && open.sinceMs <= Date.now());
    server.peers[0]!.drop();
    await new Promise<void>((resolve) => client.onDidChangeConnection(() => resolve()));
    assert.deepEqual(
      states.map((state) => state.kind),
      ['connecting', 'open', 'closed'],
    );
    assert.ok(client.connection.kind === 'closed');
    assert.equal(client.connection.error?.reason, 'connection-lost');
  });

  it('survives a listener that throws', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    client.onDidChangeConnection(() => {
      throw new Error('a bug of the caller');
    });
    await client.ping();
  });

  it('asks one at a time, since a pong does not say which ping it answers', async () => {
    const server = await bench.serve({ onRequest: () => undefined });
    const client = bench.client(server.address);
    const pings = [client.ping(), client.ping(), client.ping()];
    for (let asked = 1; asked <= 3; asked += 1) {
      await server.until(() => server.peers[0]?.requests.length === asked);
      server.peers[0]!.send('pong', { session_id: 'session-1', timestamp: `answer ${asked}` });
      assert.equal((await pings[asked - 1])?.serverTime, `answer ${asked}`);
      assert.equal(server.peers[0]!.requests.length <= asked + 1, true);
    }
    assert.equal(server.peers.length, 1);
  });

  it('that is not answered is a response-timeout, and a late pong is not taken for the next', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({
      onRequest: (peer, request) => (server.peers.length === 1 ? undefined : peer.answer(request)),
    });
    const client = bench.client(server.address, { responseTimeoutMs: 400 });
    const failure = failureOf(client.ping(), 'response-timeout');
    await server.until(() => server.peers[0]?.requests.length === 1);
    clock.tick(400);
    assert.match((await failure).message, /400 ms/);
    assert.equal((await client.ping()).sessionId, 'session-2');
    const { count, lost } = client.latency;
    assert.deepEqual([count, lost, client.metrics.lostPings], [1, 1, 1]);
  });

  it('opens the connection anew, once, when it turns out dead', async () => {
    const dropSecondRequest = (peer: FakePeer): void => {
      if (peer.requests.length === 2) peer.drop();
      else void peer.answer({ request_type: 'ping', data: {} });
    };
    const server = await bench.serve({ onRequest: dropSecondRequest });
    const client = bench.client(server.address);
    await client.ping();
    assert.equal((await client.ping()).sessionId, 'session-2');
    assert.equal(server.peers.length, 2);
  });

  it('does not go on opening connections to a server that drops each', async () => {
    const server = await bench.serve({ onRequest: (peer) => peer.drop() });
    await failureOf(bench.client(server.address).ping(), 'connection-lost');
    assert.equal(server.peers.length, 1);
  });

  it('that the server refuses says so', async () => {
    const server = await bench.serve({
      onRequest: (peer) =>
        peer.send('error', { error_type: 'unknown_request', message: 'Unknown request type: ping' }),
    });
    const error = await failureOf(bench.client(server.address).ping(), 'crawl-refused');
    assert.equal(error.serverErrorType, 'unknown_request');
  });

  it('after a failure works again when the server does', async () => {
    const server = await bench.serve({
      onOpen: (peer) => (server.peers.length === 0 ? peer.drop() : peer.greet()),
    });
    const client = bench.client(server.address);
    await failureOf(client.ping(), 'connection-lost');
    assert.equal(client.latency.lost, 0, 'a ping that was never sent cannot be lost');
    assert.equal((await client.ping()).sessionId, 'session-2');
  });
});

describe('an idle connection', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('is asked for a sign of life every 30 s, and any byte is one', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve();
    const client = bench.client(server.address);
    await client.ping();
    const [peer] = server.peers;
    for (let round = 1; round <= 3; round += 1) {
      clock.tick(round === 1 ? 30_000 : 20_001);
      await server.until(() => pingsOf(peer!) === round);
      // The answer to a request comes after the Pong.
      await client.ping();
      clock.tick(9_999);
    }
    assert.equal(client.connection.kind, 'open');
    assert.equal(server.peers.length, 1);
  });

  it('that is dead is noticed within 45 s', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({ onRequest: (peer, request) => peer.answer(request) });
    const client = bench.client(server.address);
    await client.ping();
    server.peers[0]!.freeze();
    clock.tick(40_000);
    assert.ok(client.connection.kind === 'closed');
    assert.match(client.connection.error?.message ?? '', /did not answer a keepalive within 10000 ms/);
    assert.equal((await client.ping()).sessionId, 'session-2');
  });
});

describe('status', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('of a 1.0 server, which it would wedge, is what the client knows, and nothing is sent', async () => {
    const server = await bench.serve();
    const client = bench.client(server.address);
    const status = await client.status();
    assert.deepEqual(status, {
      session_id: 'session-1',
      connected_duration_ms: status.connected_duration_ms,
      is_healthy: true,
      message_count: 1,
      backpressure_count: 0,
    });
    assert.equal(server.peers[0]?.requests.length, 0);
    assert.equal((await client.ping()).sessionId, 'session-1');
    assert.equal((await client.status()).message_count, 2);
    assert.deepEqual(
      server.peers[0].requests.map((request) => request.request_type),
      ['ping'],
    );
    assert.equal(server.peers.length, 1);
  });

  it('keeps the connection where the server announces that it can', async () => {
    const server = await bench.serve({
      onOpen: (peer) => peer.greet(['concurrent-requests']),
      onRequest: (peer, request) =>
        request.request_type === 'status' ? peer.sendStatus() : peer.answer(request),
    });
    const client = bench.client(server.address);
    await client.status();
    await client.status();
    assert.equal((await client.ping()).sessionId, 'session-1');
    assert.equal(server.peers.length, 1);
  });
});

describe('closing a client', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('ends by a Close frame, and waits 1 s for a server that does not answer it', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve({
      onRequest: async (peer, request) => {
        await peer.answer(request);
        await never();
      },
    });
    const client = bench.client(server.address);
    await client.ping();
    let isClosed = false;
    const closing = client.close().then(() => (isClosed = true));
    await server.until(() => server.peers[0]?.frames.length === 2 + 1);
    clock.tick(999);
    assert.equal(isClosed, false);
    clock.tick(1);
    await closing;
    assert.deepEqual(client.connection, { kind: 'closed' });
  });

  it('fails what is under way and what is asked later, and may be done twice', async () => {
    const server = await bench.serve({ onRequest: never });
    const client = bench.client(server.address);
    const reading = client.crawl(['https://site.example/a']);
    await reading.next();
    const crawlFailure = failureOf(reading.next(), 'closed');
    const pingFailure = failureOf(client.ping(), 'closed');
    await server.until(() => server.peers.filter((peer) => peer.requests.length === 1).length === 2);
    const closing = client.close();
    await Promise.all([crawlFailure, pingFailure]);
    await failureOf(client.ping(), 'closed');
    await failureOf(client.status(), 'closed');
    await failureOf(client.crawl(['https://site.example/a']).next(), 'closed');
    await Promise.all([closing, client.close()]);
    assert.equal(server.peers.length, 2);
  });

  it('in the middle of connecting ends that', async () => {
    let reached = (): void => undefined;
    const asked = new Promise<void>((resolve) => (reached = resolve));
    const server = await bench.serve({ onUpgrade: () => reached() });
    const client = bench.client(server.address);
    const failure = failureOf(client.ping(), 'closed');
    await asked;
    await client.close();
    await failure;
  });

  it('leaves no socket and no timer behind, whatever its crawls were doing', async () => {
    const server = await bench.serve({
      onRequest: (peer, request) =>
        request.request_type === 'crawl' && request.data.urls[0]?.includes('stuck')
          ? never()
          : peer.answer(request),
    });
    const lost = await bench.serve({ onRequest: (peer) => peer.drop() });
    const held = (): string[] =>
      process
        .getActiveResourcesInfo()
        .filter((name) => /TCP|Timeout|Pipe/.test(name))
        .sort();
    const before = held();
    const client = bench.client(server.address);
    await client.ping();
    await failureOf(client.crawl([]).next(), 'crawl-refused');
    await collect(client.crawl(['https://site.example/a']));
    const stuck = client.crawl(['https://site.example/stuck']);
    await stuck.next();
    await server.until(() => server.peers.at(-1)?.requests.length === 1);
    const left = client.crawl(Array.from({ length: 101 }, (_, at) => `https://site.example/${at}`));
    await left.next();
    await left.return?.();
    const waiting = bench.client(lost.address, { random: () => 0.999 });
    for await (const event of waiting.crawl(['https://site.example/a'])) {
      if (event.message_type === 'reconnecting' && event.data.attempt === 2) break;
    }
    await Promise.all([client.close(), waiting.close()]);
    await Promise.all([server, lost].map((fake) => fake.until(() => fake.openPeers.length === 0)));
    assert.deepEqual(held(), before);
  });

  it('in the middle of a wait between two tries ends that crawl', async () => {
    const server = await bench.serve({ onRequest: (peer) => peer.drop() });
    const client = bench.client(server.address, { random: () => 0.999 });
    const events: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const event of client.crawl(['https://site.example/a'])) {
        events.push(event.message_type);
        if (event.message_type === 'reconnecting' && event.data.attempt === 3) void client.close();
      }
    };
    const error = await failureOf(reading(), 'closed');
    assert.match(error.message, /1 of 1 URLs are outstanding/);
    assert.deepEqual(events, ['welcome', 'reconnecting', 'reconnecting', 'reconnecting']);
  });
});
