import assert from 'node:assert/strict';
import http, { type IncomingHttpHeaders } from 'node:http';
import type net from 'node:net';
import { Lane } from '../../../src/engine/fetch/lane';
import type { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { usesProxy } from '../../../src/engine/fetch/proxyRules';
import { HostHeaders } from '../../../src/engine/fetch/hostHeaders';
import type { ProxySettings } from '../../../src/engine/fetchSettings';
import { failureOf, fetchPage, resolveTo, TestNet, type TestServer } from './servers';

const signal = new AbortController().signal;
const names = resolveTo({
  'a.example': ['127.0.0.1'],
  'b.example': ['127.0.0.1'],
  'x.a.example': ['127.0.0.1'],
});

describe('requests', () => {
  const testNet = new TestNet();
  let seen: { url: string; headers: IncomingHttpHeaders }[];
  let server: TestServer;
  let answer: http.RequestListener;

  beforeEach(async () => {
    seen = [];
    answer = (_request, response) => response.end('page');
    server = await testNet.serve((request, response) => {
      seen.push({ url: `${request.headers.host ?? ''}${request.url ?? ''}`, headers: request.headers });
      answer(request, response);
    });
  });
  afterEach(() => testNet.close());

  const url = (host: string, path = '/'): string => `http://${host}:${server.port}${path}`;
  const crawl = (fetcher: PageFetcher, lane: Lane, page: string) =>
    fetcher.fetch(page, signal, () => undefined, lane);

  describe('with cookies', () => {
    it('send them back to their site within a crawl, and in no other', async () => {
      answer = (_request, response) =>
        response
          .writeHead(200, {
            'Set-Cookie': [
              'own=1',
              'site=2; Domain=a.example',
              'all=3; Domain=example',
              'other=4; Domain=b.example',
            ],
          })
          .end('page');
      const fetcher = testNet.fetcher({}, names);
      const lane = new Lane(1);
      for (const host of ['a.example', 'a.example', 'x.a.example', 'b.example'])
        await crawl(fetcher, lane, url(host));
      await crawl(fetcher, new Lane(1), url('a.example'));
      assert.deepEqual(
        seen.map(({ headers }) => headers.cookie),
        [undefined, 'own=1; site=2', 'site=2', undefined, undefined],
      );
      const page = await crawl(fetcher, lane, url('a.example'));
      assert.equal(page.cookies, 'own=1; site=2', 'and tell them to whoever renders the page');
    });

    it('take them along a redirect, and only where they belong', async () => {
      answer = (request, response) => {
        const to = request.url === '/' ? '/next' : url('b.example');
        response.writeHead(302, { Location: to, 'Set-Cookie': 'seen=1' }).end();
      };
      await failureOf(crawl(testNet.fetcher({}, names), new Lane(1), url('a.example')));
      assert.deepEqual(
        seen.map(({ headers }) => headers.cookie),
        [undefined, 'seen=1'],
      );
    });
  });

  describe('with headers of the settings', () => {
    it('send them to their host alone', async () => {
      answer = (request, response) =>
        request.url === '/away'
          ? response.writeHead(302, { Location: `http://127.0.0.1:${server.port}/` }).end()
          : response.end('page');
      const headers = [{ host: `a.example:${server.port}`, name: 'X-Team', value: 'tides', isSecret: false }];
      const fetcher = testNet.fetcher({ headers }, names);
      await fetchPage(fetcher, url('a.example'));
      await fetchPage(fetcher, url('b.example'));
      await failureOf(fetchPage(fetcher, url('a.example', '/away')));
      assert.deepEqual(
        seen.map(({ headers: { 'x-team': team } }) => team),
        ['tides', undefined, 'tides'],
      );
    });

    it('send them to a port that was named, be it the usual one', () => {
      const headers = ['a.example:443', 'b.example:80', 'c.example'].map((host) => {
        return { host, name: 'K', value: 'v', isSecret: false };
      });
      const isSent = (page: string) => 'K' in new HostHeaders(headers).headersFor(new URL(page));
      for (const page of [
        'https://a.example/',
        'http://b.example/',
        'http://c.example/',
        'https://c.example/',
      ])
        assert.ok(isSent(page), page);
      for (const page of ['http://a.example/', 'https://b.example/', 'http://c.example:8080/'])
        assert.ok(!isSent(page), page);
    });

    it('send secrets over TLS, and to this machine', () => {
      const headers = ['a.example', '127.0.0.1:81'].map((host) => ({
        host,
        name: 'K',
        value: 'v',
        isSecret: true,
      }));
      const sent = (page: string) => new HostHeaders(headers).headersFor(new URL(page));
      assert.deepEqual(sent('https://a.example/'), { K: 'v' });
      assert.deepEqual(sent('http://127.0.0.1:81/'), { K: 'v' });
      for (const page of ['http://a.example/', 'https://x.a.example/', 'https://a.example:444/']) {
        assert.deepEqual(sent(page), {});
      }
    });
  });

  describe('for a page that is known', () => {
    const validators = { etag: 'W/"1"', last_modified: 'Sun, 22 Nov 2026 12:00:00 GMT' };

    it('ask whether it has changed', async () => {
      answer = (_request, response) => response.writeHead(304, { ETag: 'W/"1"' }).end();
      const page = await testNet
        .fetcher()
        .fetch(url('127.0.0.1'), signal, () => undefined, undefined, validators);
      assert.deepEqual([page.status, page.body.length, page.validators], [304, 0, { etag: 'W/"1"' }]);
      const { headers } = seen[0]!;
      assert.deepEqual([headers['if-none-match'], headers['if-modified-since']], Object.values(validators));
    });

    it('tell what a changed one is called now', async () => {
      answer = (_request, response) => response.writeHead(200, { ETag: '"2"' }).end('new');
      const page = await testNet
        .fetcher()
        .fetch(url('127.0.0.1'), signal, () => undefined, undefined, validators);
      assert.deepEqual([page.status, page.validators], [200, { etag: '"2"' }]);
    });
  });

  describe('by a proxy', () => {
    let proxy: TestServer;
    let asked: string[];
    let settings: ProxySettings;

    beforeEach(async () => {
      asked = [];
      const proxyServer = http.createServer((request, response) => {
        asked.push(
          `${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? '-'}`,
        );
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('by proxy');
      });
      proxyServer.on('connect', (request, socket: net.Socket) => {
        asked.push(`CONNECT ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? '-'}`);
        socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n');
      });
      proxy = await testNet.listen(proxyServer);
      settings = {
        url: `http://me:word@127.0.0.1:${proxy.port}`,
        authorization: null,
        bypass: [],
        acceptsAnyCertificate: false,
      };
    });

    it('ask it for the whole URL, and look nothing up that is known to it alone', async () => {
      const page = await testNet.get(
        'http://inside.example/x?y#z',
        { proxy: settings, obeyRobots: false },
        resolveTo({}),
      );
      assert.equal(Buffer.from(page.body).toString(), 'by proxy');
      assert.deepEqual(asked, ['GET http://inside.example/x?y Basic bWU6d29yZA==']);
      assert.equal(page.address, null);
    });

    it('go through a tunnel for https, and say when it is refused', async () => {
      const failure = await failureOf(
        testNet.get('https://inside.example/', { proxy: settings, obeyRobots: false }, resolveTo({})),
      );
      assert.deepEqual([failure.reason, asked], ['proxy', ['CONNECT inside.example:443 Basic bWU6d29yZA==']]);
      assert.match(failure.message, /answered 403.*http\.proxy/);
      assert.doesNotMatch(failure.message, /word/);
    });

    it('judge addresses before it is asked', async () => {
      for (const page of [
        'http://169.254.169.254/',
        'http://metadata.google.internal/',
        'http://evil.example/',
      ]) {
        const resolve = resolveTo({ 'evil.example': ['169.254.169.254'] });
        const failure = await failureOf(testNet.get(page, { proxy: settings, obeyRobots: false }, resolve));
        assert.equal(failure.reason, 'blocked-address');
      }
      assert.deepEqual(asked, []);
    });

    it('reach this machine, and what is excepted, without it', async () => {
      await testNet.get(server.origin, { proxy: settings });
      assert.deepEqual([asked.length, seen.length], [0, 1]);
      const bypass = ['.corp.test', '10.0.0.0/8'];
      const by = (page: string) => usesProxy(new URL(page), { ...settings, bypass });
      assert.deepEqual(['http://a.corp.test/', 'http://10.1.2.3/'].map(by), [false, false]);
      assert.deepEqual(['http://xcorp.test/', 'http://11.1.2.3/'].map(by), [true, true]);
    });

    it('say that it is the proxy that cannot be reached', async () => {
      testNet.close();
      const failure = await failureOf(
        testNet.get('http://inside.example/', { proxy: settings, obeyRobots: false }, resolveTo({})),
      );
      assert.equal(failure.reason, 'proxy');
    });
  });
});
