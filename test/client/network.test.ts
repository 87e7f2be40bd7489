import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crawlTransports } from '../../src/client/crawlConnection';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { ClientBench, collect, failureOf, resultsOf } from '../support/clientBench';
import { ConnectProxy, type ConnectProxyOptions } from '../support/connectProxy';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { refuseUpgrades } from '../support/refuseUpgrades';
import { selfSigned, startTlsFront, type TlsFront } from '../support/tlsFront';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a server behind TLS and a proxy', function () {
  this.timeout(60_000);
  const bench = new ClientBench();
  const proxies: ConnectProxy[] = [];
  let engine: BuiltEngine;
  let front: TlsFront;
  let site: LocalSite;
  const proxy = async (options?: ConnectProxyOptions): Promise<ConnectProxy> => {
    const started = await ConnectProxy.start(options);
    proxies.push(started);
    return started;
  };
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
    front = await startTlsFront(engine.address);
  });
  afterEach(async () => {
    await bench.end();
    await Promise.all(proxies.splice(0).map((one) => one.stop()));
  });
  after(() => Promise.all([front.stop(), engine.stop(), site.close()]));

  for (const transport of crawlTransports) {
    it(`whose certificate is signed by itself is not crawled by ${transport}, and the error says what to do`, async () => {
      const acceptedBefore = front.accepted;
      const client = bench.client(front.address, { transport });
      const error = await failureOf(collect(client.crawl(site.pageUrls(1))), 'certificate');
      assert.match(error.message, /signed by itself: add it to those that this computer trusts/);
      await failureOf(client.ping(), 'certificate');
      assert.equal(client.metrics.reconnects, 0);
      assert.ok(front.accepted - acceptedBefore <= 2);
    });

    it(`is crawled by ${transport} when its certificate is trusted, also through a proxy`, async () => {
      const network = { certificates: [selfSigned().cert] };
      const direct = bench.client(front.address, { transport, network });
      assert.equal(resultsOf(await collect(direct.crawl(site.pageUrls(3)))).length, 3);
      const way = await proxy();
      const through = bench.client(front.address, { transport, network: { ...network, proxyUrl: way.url } });
      assert.equal(resultsOf(await collect(through.crawl(site.pageUrls(3)))).length, 3);
      assert.ok((await through.ping()).latencyMs > 0);
      assert.deepEqual([...new Set(way.asked)], [new URL(front.address).host]);
      await through.close();
      await way.idle();
    });

    it(`is crawled by ${transport} without TLS through a proxy that wants credentials`, async () => {
      const way = await proxy({ authorization: basic('user:p@ss') });
      const inUrl = way.url.replace('//', '//user:p%40ss@');
      for (const network of [
        { proxyUrl: inUrl },
        { proxyUrl: way.url, proxyAuthorization: basic('user:p@ss') },
      ]) {
        const client = bench.client(engine.address, { transport, network });
        assert.equal(resultsOf(await collect(client.crawl(site.pageUrls(3)))).length, 3);
      }
    });

    it(`is not asked again by ${transport} when the proxy wants other credentials`, async () => {
      const way = await proxy({ authorization: basic('user:right') });
      const network = { proxyUrl: way.url.replace('//', '//user:wrong@') };
      const client = bench.client(engine.address, { transport, network });
      const error = await failureOf(collect(client.crawl(site.pageUrls(1))), 'proxy-unauthorized');
      assert.ok(error.message.includes(way.url), error.message);
      assert.doesNotMatch(error.message, /wrong/);
      assert.equal(way.asked.length, 1);
    });
  }

  it('is reached with any certificate where that is asked for', async () => {
    const client = bench.client(front.address, { network: { acceptsAnyCertificate: true } });
    assert.ok((await client.ping()).latencyMs > 0);
  });

  it('by another name than that of its certificate is not trusted', async () => {
    const network = { certificates: [selfSigned().cert], proxyUrl: (await proxy()).url };
    const client = bench.client(front.address.replace('localhost', 'other.example'), { network });
    const error = await failureOf(client.ping(), 'certificate');
    assert.match(error.message, /for another host name/);
  });

  it('that speaks no TLS says so', async () => {
    const client = bench.client(engine.address.replace('http:', 'https:'));
    const error = await failureOf(client.ping(), 'tls');
    assert.match(error.message, /use http:\/\//);
  });

  it('is not reached through a proxy that is not there, and the error names the proxy', async () => {
    const gone = await ConnectProxy.start();
    await gone.stop();
    const client = bench.client(engine.address, { network: { proxyUrl: gone.url } });
    const error = await failureOf(client.ping(), 'proxy');
    assert.ok(error.message.includes(`${gone.url} cannot be used (ECONNREFUSED)`), error.message);
  });

  it('is not reached through a proxy that does not find it', async () => {
    const client = bench.client('http://127.0.0.1:1', { network: { proxyUrl: (await proxy()).url } });
    const error = await failureOf(client.ping(), 'proxy');
    assert.match(error.message, /answered HTTP 502/);
  });

  for (const transport of ['websocket', 'ndjson'] as const) {
    it(`is given up by ${transport} when the proxy is silent, and no socket is left`, async () => {
      const way = await proxy({ isSilent: true });
      const options = { transport, connectTimeoutMs: 50, maxRetries: 0 };
      const client = bench.client(engine.address, { ...options, network: { proxyUrl: way.url } });
      try {
        await collect(client.crawl(site.pageUrls(1)));
        assert.fail('the crawl came through');
      } catch (error) {
        assert.match(String(error), /did not answer within 50 ms/);
      }
      await client.close();
    });
  }

  it('cannot be reached through what is no proxy', () => {
    const make = (): unknown =>
      bench.client(engine.address, { network: { proxyUrl: 'socks5://user:pw@host:1' } });
    assert.throws(
      make,
      (error: Error) => error.message.includes('http://host:port') && !error.message.includes('pw'),
    );
  });
});

describe('a server that refuses the key', () => {
  const bench = new ClientBench();
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(401, { 'Content-Type': 'application/json' }).end('{}');
  });
  refuseUpgrades(server, 401, { seen: (request) => requests.push(request) });
  let address = '';
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void (requests.length = 0));
  afterEach(() => bench.end());
  after(() => new Promise((resolve) => server.close(resolve)));

  const urls = Array.from({ length: 250 }, (_, at) => `https://site.example/${at}`);
  for (const transport of ['auto', ...crawlTransports] as const) {
    it(`gets one request of a crawl of 250 URLs by ${transport}`, async () => {
      const client = bench.client(address, {
        transport,
        apiKey: 'wrong',
        authentication: 'bearer',
        headers: { 'X-Tenant': 't' },
      });
      const error = await failureOf(collect(client.crawl(urls)), 'unauthorized');
      assert.match(error.message, /Set the API key/);
      assert.doesNotMatch(error.message, /Bearer/);
      assert.equal(requests.length, 1);
      assert.equal(requests[0]?.headers.authorization, 'Bearer wrong');
      assert.equal(requests[0].headers['x-tenant'], 't');
    });

    it(`gets one request of a ping by ${transport}`, async () => {
      await failureOf(bench.client(address, { transport }).ping(), 'unauthorized');
      assert.equal(requests.length, 1);
    });
  }
});
