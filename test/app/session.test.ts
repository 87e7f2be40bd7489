import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EngineProcess } from '../../src/app/engineProcess';
import { Session, type SessionOptions } from '../../src/app/session';
import type { RipTideClient } from '../../src/client/ripTideClient';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { collect, failureOf } from '../support/clientBench';
import { FakeRipTide } from '../support/fakeRipTide';
import { refuseUpgrades } from '../support/refuseUpgrades';

const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const urls = ['https://site.example/a', 'https://site.example/b'];

describe('Session', () => {
  const sessions: Session[] = [];
  const fakes: FakeRipTide[] = [];
  const servers: Server[] = [];
  let clock: Clock | undefined;

  const sessionOf = (address: string, options: Partial<SessionOptions> = {}): Session => {
    const session = new Session({
      engine: new EngineProcess('unused', () => defaultFetchSettings, logger),
      readServer: () => ({ kind: 'remote', address }),
      readApiKey: () => Promise.resolve('key'),
      maxMessageBytes: () => 1_000_000,
      logger,
      ...options,
    });
    sessions.push(session);
    return session;
  };
  const crawl = (session: Session): Promise<void> =>
    session.withClient(new AbortController().signal, async (client: RipTideClient) => {
      await collect(client.crawl(urls));
    });
  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const changed = (session: Session, condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const listener = session.onDidChange(() => {
        if (!condition()) return;
        listener.dispose();
        resolve();
      });
    });

  afterEach(async () => {
    clock?.uninstall();
    clock = undefined;
    for (const session of sessions.splice(0)) session.dispose();
    await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('sends a key that is refused once, however long it goes on', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(401).end();
    });
    refuseUpgrades(server, 401, { seen: () => (requests += 1) });
    const address = await listen(server);
    clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] });
    await failureOf(crawl(sessionOf(address)), 'unauthorized');
    assert.equal(requests, 1);

    const connected = sessionOf(address);
    const refused = changed(connected, () => connected.snapshot.connection.kind === 'closed');
    await connected.connect();
    await refused;
    clock.tick(600_000);
    assert.equal(requests, 2);
    assert.ok(connected.snapshot.connection.kind === 'closed');
    assert.equal(connected.snapshot.connection.error?.reason, 'unauthorized');

    const asked = sessionOf(address);
    await failureOf(asked.ping(), 'unauthorized');
    clock.tick(600_000);
    assert.equal(requests, 3);
  });

  it('opens behind the first crawl that is let in, and knows the status of a 1.0 server unasked', async () => {
    const fake = await FakeRipTide.start();
    fakes.push(fake);
    const session = sessionOf(fake.address);
    const known = changed(session, () => session.snapshot.status !== null);
    await crawl(session);
    await known;
    const requests = fake.peers.flatMap((peer) => peer.requests.map((request) => request.request_type));
    assert.deepEqual(requests.sort(), ['crawl', 'ping']);
    assert.equal(session.snapshot.status?.is_healthy, true);
  });

  it('counts over the clients of all its crawls, also closed ones', async () => {
    const fake = await FakeRipTide.start();
    fakes.push(fake);
    const session = sessionOf(fake.address);
    await crawl(session);
    await crawl(session);
    const { messages, firstResult, decode, connect, unreadEvents, mostUnreadEvents } =
      session.snapshot.metrics;
    assert.equal(firstResult.count, 2);
    assert.ok(messages >= 10);
    assert.equal(decode.count, messages);
    assert.ok(connect.count >= 2);
    assert.equal(unreadEvents, 0);
    assert.ok(mostUnreadEvents >= 1);
  });

  it('finds out once that a server has no WebSocket, until the server changes', async () => {
    let upgrades = 0;
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(request.url === '/healthz' ? 200 : 401, { 'Content-Type': 'application/json' });
      response.end('{"status":"healthy","timestamp":"2026-11-22T18:03:46Z"}');
    });
    refuseUpgrades(server, 404, { seen: () => (upgrades += 1) });
    const session = sessionOf(await listen(server));
    await failureOf(crawl(session), 'unauthorized');
    await failureOf(crawl(session), 'unauthorized');
    await session.ping();
    assert.equal(upgrades, 1);
    assert.deepEqual(paths.slice(0, 2), ['/crawl/stream', '/crawl/stream']);
    await session.disconnect();
    await session.ping();
    assert.equal(upgrades, 2);
  });

  it('keeps what a comparison of transports counts apart', async () => {
    const fake = await FakeRipTide.start();
    fakes.push(fake);
    const session = sessionOf(fake.address);
    await session.withTransport('websocket', new AbortController().signal, async (client) => {
      await collect(client.crawl(urls));
      assert.ok(client.metrics.messages > 0);
    });
    assert.equal(session.snapshot.metrics.messages, 0);
  });

  it('speaks to a server as it is told to', async () => {
    const fake = await FakeRipTide.start();
    fakes.push(fake);
    const readAccess = () => ({ authentication: 'bearer' as const, headers: { 'X-Tenant': 't' } });
    await sessionOf(fake.address, { readAccess }).ping();
    const { authorization, 'x-tenant': tenant, 'x-api-key': key } = fake.peers[0]?.headers ?? {};
    assert.deepEqual([authorization, tenant, key], ['Bearer key', 't', undefined]);
  });
});
