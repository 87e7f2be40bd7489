import FakeTimers from '@sinonjs/fake-timers';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Lane } from '../../../src/engine/fetch/lane';
import { failureOf, fetchPage, resolveTo, TestNet, type TestServer } from './servers';

const html = { 'Content-Type': 'text/html; charset=utf-8' };
const maxBytes = 10 * 1024 * 1024;

describe('page fetcher', () => {
  const testNet = new TestNet();
  afterEach(() => testNet.close());

  const text = (body: Uint8Array): string => Buffer.from(body).toString();

  describe('pages', () => {
    it('come with address, status, type and bytes', async () => {
      let seen: IncomingMessage['headers'] = {};
      const server = await testNet.serve((request, response) => {
        seen = request.headers;
        response
          .writeHead(200, { 'Content-Type': 'Text/HTML; charset=Shift_JIS' })
          .end(Buffer.from([0x83, 0x63]));
      });
      const { body, ...page } = await testNet.get(`${server.origin}/a?b#c`, { userAgent: 'RipTide-Test/1' });
      assert.deepEqual(page, {
        url: `${server.origin}/a?b#c`,
        status: 200,
        mediaType: 'text/html',
        charset: 'Shift_JIS',
        address: '127.0.0.1',
        isNofollow: false,
        cookies: '',
        isTruncated: false,
        validators: null,
      });
      assert.deepEqual([...body], [0x83, 0x63]);
      assert.equal(seen['user-agent'], 'RipTide-Test/1');
      assert.match(String(seen.accept), /^text\/html/);
    });

    it('share a connection', async () => {
      const server = await testNet.serve(
        (_request, response) => response.writeHead(200, html).end('x'),
        true,
      );
      const fetcher = testNet.fetcher();
      for (let n = 0; n < 5; n++) await fetchPage(fetcher, `${server.origin}/${n}`);
      assert.equal(server.connections, 1);
    });

    it('survive a server that closes an idle connection under them', async () => {
      const server = await testNet.listen(
        net.createServer((socket) => {
          let requests = 0;
          socket.on('data', () => {
            // Closes instead of answering the second request, as when its patience ran out at that moment.
            if (++requests > 1) socket.destroy();
            else socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok');
          });
        }),
      );
      const fetcher = testNet.fetcher();
      for (let n = 0; n < 3; n++) assert.equal(text((await fetchPage(fetcher, server.origin)).body), 'ok');
      assert.ok(server.connections >= 3);
    });

    it('do not show the password they were asked for with', async () => {
      const server = await testNet.serve((request, response) => {
        assert.equal(request.headers.authorization, `Basic ${Buffer.from('me:pass').toString('base64')}`);
        if (request.url === '/gone') response.writeHead(404).end();
        else response.writeHead(200, html).end('x');
      });
      const asked = server.origin.replace('//', '//me:pass@');
      assert.equal((await testNet.get(`${asked}/x`)).url, `${server.origin}/x`);
      assert.doesNotMatch((await failureOf(testNet.get(`${asked}/gone`))).message, /pass/);
    });

    it('own their buffer, so that a worker can have it', async () => {
      const server = await testNet.serve((_request, response) => response.writeHead(200, html).end('tiny'));
      const { body } = await testNet.get(server.origin);
      assert.equal(body.buffer.byteLength, body.byteLength);
      // As those of a Buffer are not.
      assert.notEqual(body.slice().buffer, body.buffer);
    });
  });

  describe('encodings', () => {
    const page = '<p>Grüße</p>'.repeat(5000);
    const encoded: Record<string, [string, Buffer]> = {
      gzip: ['gzip', zlib.gzipSync(page)],
      'x-gzip in capitals': ['X-GZIP', zlib.gzipSync(page)],
      'gzip in two members': [
        'gzip',
        Buffer.concat([zlib.gzipSync(page.slice(0, 99)), zlib.gzipSync(page.slice(99))]),
      ],
      'gzip without its end': ['gzip', zlib.gzipSync(page).subarray(0, -8)],
      deflate: ['deflate', zlib.deflateSync(page)],
      'deflate without its header': ['deflate', zlib.deflateRawSync(page)],
      br: ['br', zlib.brotliCompressSync(page)],
      'gzip over deflate': ['deflate, gzip', zlib.gzipSync(zlib.deflateSync(page))],
      identity: ['identity', Buffer.from(page)],
      'what is no coding': ['UTF-8, none', Buffer.from(page)],
    };
    if ('zstdCompressSync' in zlib) encoded.zstd = ['zstd', zlib.zstdCompressSync(page)];

    for (const [name, [coding, bytes]] of Object.entries(encoded)) {
      it(`reads ${name}`, async () => {
        const server = await testNet.serve((_request, response) =>
          response.writeHead(200, { ...html, 'Content-Encoding': coding }).end(bytes),
        );
        assert.equal(text((await testNet.get(server.origin)).body), page);
      });
    }

    for (const [name, coding, body] of [
      ['an unknown coding', 'rot13', 'x'],
      ['too many codings', 'gzip, gzip, gzip', 'x'],
      ['what is not gzip', 'gzip', 'this is no gzip'],
      ['what is not brotli', 'br', 'this is no brotli, I fear'],
    ] as const) {
      it(`refuses ${name}`, async () => {
        const server = await testNet.serve((_request, response) =>
          response.writeHead(200, { ...html, 'Content-Encoding': coding }).end(body),
        );
        assert.equal((await failureOf(testNet.get(server.origin))).reason, 'bad-response');
      });
    }

    it('asks for the plain page where the compressed one is damaged, robots.txt included', async () => {
      const paths: string[] = [];
      const server = await testNet.serve(({ url = '', headers }, response) => {
        const plain = url === '/robots.txt' ? 'User-agent: *\nDisallow: /no' : page;
        const isPlain = headers['accept-encoding'] === 'identity';
        paths.push(`${url} ${isPlain ? 'plain' : 'compressed'}`);
        if (isPlain) response.writeHead(200, html).end(plain);
        else {
          response.writeHead(200, { ...html, 'Content-Encoding': 'gzip' });
          response.end(Buffer.concat([zlib.gzipSync(plain), Buffer.from('\n<!-- cached -->')]));
        }
      }, true);
      const fetcher = testNet.fetcher();
      assert.equal(text((await fetchPage(fetcher, `${server.origin}/yes`)).body), page);
      assert.equal((await failureOf(fetchPage(fetcher, `${server.origin}/no`))).reason, 'robots');
      const [robots, yes] = ['/robots.txt', '/yes'];
      assert.deepEqual(paths, [
        ...[`${robots} compressed`, `${robots} plain`],
        ...[`${yes} compressed`, `${yes} plain`],
      ]);
    });

    it('asks for the plain page where the compressed one ends before anything can be read', async function () {
      if (!('zstdCompressSync' in zlib)) this.skip();
      const varied = Array.from({ length: 500 }, (_, at) => `<p>${(at * 7919) % 1009}</p>`).join('');
      const half = zlib.zstdCompressSync(varied).subarray(0, -8);
      let isMended = true;
      const server = await testNet.serve(({ headers }, response) => {
        const isPlain = isMended && headers['accept-encoding'] === 'identity';
        if (isPlain) response.writeHead(200, html).end(varied);
        else response.writeHead(200, { ...html, 'Content-Encoding': 'zstd' }).end(half);
      });
      assert.equal(text((await testNet.get(server.origin)).body), varied);
      isMended = false;
      assert.equal((await failureOf(testNet.get(server.origin))).reason, 'bad-response');
    });

    it('reads an empty body of any coding', async () => {
      for (const coding of ['gzip', 'deflate', 'br', ...('zstdCompressSync' in zlib ? ['zstd'] : [])]) {
        const server = await testNet.serve((_request, response) =>
          response.writeHead(200, { ...html, 'Content-Encoding': coding }).end(),
        );
        assert.equal((await testNet.get(server.origin)).body.byteLength, 0, coding);
      }
    });
  });

  describe('size', () => {
    it('keeps a page of exactly 10 MB whole', async () => {
      const server = await testNet.serve((_request, response) =>
        response.writeHead(200, html).end(Buffer.alloc(maxBytes, 'a')),
      );
      const page = await testNet.get(server.origin);
      assert.deepEqual([page.body.byteLength, page.isTruncated], [maxBytes, false]);
    });

    it('cuts an endless body and hangs up', async () => {
      const hungUp = deferred();
      const server = await testNet.serve((_request, response) => {
        response.writeHead(200, html).on('close', () => hungUp.resolve(undefined));
        pour(response);
      });
      const page = await testNet.get(server.origin);
      assert.deepEqual([page.body.byteLength, page.isTruncated], [maxBytes, true]);
      await hungUp.promise;
    });

    it('cuts a body that comes byte by byte before it has cost much', async () => {
      const bytes = 1_000_000;
      const server = await testNet.serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n');
        socket.end(`${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`);
      });
      const before = process.memoryUsage().arrayBuffers;
      const page = await testNet.get(server.origin);
      assert.equal(page.isTruncated, true);
      assert.ok(page.body.byteLength > 50_000 && page.body.byteLength < bytes, String(page.body.byteLength));
      assert.ok(process.memoryUsage().arrayBuffers - before < 60 * 1024 * 1024);
    });

    it('cuts a compression bomb without holding it', async () => {
      const member = zlib.gzipSync(Buffer.alloc(10 * 1024 * 1024));
      const bomb = Buffer.concat(Array.from({ length: 50 }, () => member));
      const server = await testNet.serve((_request, response) =>
        response.writeHead(200, { ...html, 'Content-Encoding': 'gzip' }).end(bomb),
      );
      const before = process.memoryUsage().arrayBuffers;
      const page = await testNet.get(server.origin);
      assert.deepEqual([page.body.byteLength, page.isTruncated], [maxBytes, true]);
      assert.ok(process.memoryUsage().arrayBuffers - before < 60 * 1024 * 1024);
    });

    it('ends endless headers', async () => {
      const server = await testNet.serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const more = (): void => {
          while (!socket.destroyed && socket.write(`X-More: ${'x'.repeat(1000)}\r\n`));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      });
      const failure = await failureOf(testNet.get(server.origin));
      assert.equal(failure.reason, 'bad-response');
      assert.match(failure.message, /headers/);
    });
  });

  describe('redirects', () => {
    const redirecting =
      (status: number, location: string): RequestListener =>
      (request, response) => {
        if (request.url === '/end') response.writeHead(200, html).end('end');
        else response.writeHead(status, { Location: location }).end();
      };

    for (const status of [301, 302, 303, 307, 308]) {
      it(`follows ${status}`, async () => {
        const server = await testNet.serve(redirecting(status, '/end'));
        const page = await testNet.get(`${server.origin}/start#part`);
        assert.deepEqual([page.url, text(page.body)], [`${server.origin}/end#part`, 'end']);
      });
    }

    it('follows five, not six', async () => {
      const server = await testNet.serve((request, response) => {
        const left = Number(request.url?.slice(1));
        if (left === 0) response.writeHead(200, html).end('end');
        else response.writeHead(302, { Location: `/${left - 1}` }).end();
      });
      assert.equal(text((await testNet.get(`${server.origin}/5`)).body), 'end');
      const failure = await failureOf(testNet.get(`${server.origin}/6`));
      assert.deepEqual([failure.reason, failure.status], ['too-many-redirects', 302]);
    });

    it('takes a location in bare UTF-8, with a fragment of its own', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/%C3%BC') response.writeHead(200, html).end('end');
        else response.writeHead(302, { Location: Buffer.from('/ü#own').toString('latin1') }).end();
      });
      assert.equal((await testNet.get(`${server.origin}/#old`)).url, `${server.origin}/%C3%BC#own`);
    });

    it('takes a location in bare octets of any other encoding as it is', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/%FC?%E9') response.writeHead(200, html).end('end');
        else response.writeHead(302, { Location: '/ü?é' }).end();
      });
      assert.equal((await testNet.get(`${server.origin}/`)).url, `${server.origin}/%FC?%E9`);
    });

    for (const location of [
      '',
      'http://',
      'ftp://site.example/',
      'javascript:alert(1)',
      'file:///etc/passwd',
    ]) {
      it(`refuses to follow ${JSON.stringify(location)}`, async () => {
        const server = await testNet.serve(redirecting(302, location));
        const failure = await failureOf(testNet.get(`${server.origin}/`));
        assert.deepEqual([failure.reason, failure.status], ['bad-redirect', 302]);
      });
    }

    it('does not wait for the body of a redirect', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/end') response.writeHead(200, html).end('end');
        else pour(response.writeHead(302, { Location: '/end' }));
      });
      assert.equal(text((await testNet.get(`${server.origin}/`)).body), 'end');
    });
  });

  describe('what is no page', () => {
    for (const [status, isRetryable] of [
      [400, false],
      [403, false],
      [404, false],
      [408, true],
      [410, false],
      [425, true],
      [429, true],
      [500, true],
      [503, true],
      [304, false],
      [999, true],
    ] as const) {
      it(`${status} is http-${status}${isRetryable ? ', to be tried again' : ''}`, async () => {
        const server = await testNet.serve((_request, response) =>
          response.writeHead(status, html).end('sorry'),
        );
        const failure = await failureOf(testNet.get(`${server.origin}/x`));
        assert.deepEqual(
          [failure.reason, failure.status, failure.isRetryable],
          [`http-${status}`, status, isRetryable],
        );
        assert.ok(failure.message.includes(`${server.origin}/x`));
      });
    }

    it('other media are left where they are', async () => {
      const hungUp = deferred();
      let sentBytes = 0;
      const server = await testNet.serve((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'video/mp4' });
        response.on('close', () => {
          sentBytes = response.socket?.bytesWritten ?? 0;
          hungUp.resolve(undefined);
        });
        pour(response);
      });
      const failure = await failureOf(testNet.get(server.origin));
      assert.deepEqual([failure.reason, failure.status], ['not-html', 200]);
      assert.match(failure.message, /video\/mp4/);
      await hungUp.promise;
      // What the system's own buffers swallow is not ours to prevent.
      assert.ok(sentBytes < maxBytes, String(sentBytes));
    });

    it('a type that says nothing is judged by content', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/octets') response.setHeader('Content-Type', 'application/octet-stream');
        response.end(request.url === '/binary' ? Buffer.from([0x89, 0x50, 0, 1, 2]) : '<p>text</p>');
      });
      assert.equal((await testNet.get(`${server.origin}/none`)).mediaType, '');
      assert.equal(text((await testNet.get(`${server.origin}/octets`)).body), '<p>text</p>');
      assert.equal((await failureOf(testNet.get(`${server.origin}/binary`))).reason, 'not-html');
    });
  });

  describe('broken servers', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';
    for (const [name, bytes] of [
      ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 2\n\nok'],
      ['a folded header', `${head}X-Long: a\r\n b\r\nContent-Length: 2\r\n\r\nok`],
      ['a control character', `${head}X-Bell: \x07\r\nContent-Length: 2\r\n\r\nok`],
      ['a blank after a chunk size', `${head}Transfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n`],
      ['more than it announced', `${head}Content-Length: 2\r\n\r\nok, and more`],
    ] as const) {
      it(`may send ${name}, as browsers let them`, async () => {
        const server = await testNet.serveRaw((socket) => socket.write(bytes, 'latin1'));
        assert.equal(text((await testNet.get(server.origin)).body), 'ok');
      });
    }

    for (const [name, bytes, reason] of [
      ['no HTTP at all', 'SSH-2.0-OpenSSH_9\r\n', 'bad-response'],
      ['a broken status line', 'HTTP/1.1 abc\r\n\r\n', 'bad-response'],
      ['a bad length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'bad-response'],
      ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'bad-response'],
      ['a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'bad-response'],
      ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'reset'],
      ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhalf', 'reset'],
      ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'reset'],
      ['nothing', '', 'reset'],
      ['a switch of protocols', 'HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'reset'],
    ] as const) {
      it(`${name} is ${reason}`, async () => {
        const server = await testNet.serveRaw((socket) => socket.end(bytes, 'latin1'));
        assert.equal((await failureOf(testNet.get(server.origin))).reason, reason);
      });
    }

    it('a closed port is refused', async () => {
      const server = await testNet.serve((_request, response) => response.end());
      testNet.close();
      const failure = await failureOf(testNet.get(server.origin));
      assert.deepEqual([failure.reason, failure.isRetryable, failure.status], ['refused', true, 0]);
      assert.ok(failure.message.includes(String(server.port)));
    });

    it('an unknown name is dns', async () => {
      const failure = await failureOf(testNet.get('http://nowhere.example/', {}, resolveTo({})));
      assert.deepEqual([failure.reason, failure.isRetryable], ['dns', false]);
      assert.match(failure.message, /nowhere\.example/);
    });

    it('tries the other addresses of a name', async () => {
      const server = await testNet.serve((_request, response) => response.writeHead(200, html).end('here'));
      const resolve = resolveTo({ 'two.example': ['127.0.0.2', '127.0.0.1'] });
      assert.equal(text((await testNet.get(`http://two.example:${server.port}/`, {}, resolve)).body), 'here');
    });
  });

  describe('time', () => {
    const timeoutMs = 150;

    it('ends a server that never answers', async () => {
      const server = await testNet.serveRaw(() => undefined);
      const failure = await failureOf(testNet.get(server.origin, { timeoutMs }));
      assert.deepEqual([failure.reason, failure.isRetryable], ['timeout', true]);
    });

    it('ends a body that drips', async () => {
      const server = await testNet.serve((_request, response) => {
        response.writeHead(200, html);
        const drip = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(drip));
      });
      assert.equal((await failureOf(testNet.get(server.origin, { timeoutMs }))).reason, 'timeout');
    });

    it('ends a connection that is not agreed on in 10 s', async () => {
      const reached = deferred();
      // Takes the connection and never says a word of TLS.
      const server = await testNet.listen(net.createServer(() => reached.resolve(undefined)));
      const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const fetching = failureOf(testNet.get(`https://127.0.0.1:${server.port}/`));
        await reached.promise;
        clock.tick(10_000);
        const failure = await fetching;
        assert.equal(failure.reason, 'timeout');
        assert.match(failure.message, /no connection within 10 s/);
        assert.equal(clock.countTimers(), 0);
      } finally {
        clock.uninstall();
      }
    });

    it('counts all hops together', async () => {
      const server = await testNet.serve((request, response) => {
        const left = Number(request.url?.slice(1));
        setTimeout(() => {
          if (left === 0) response.writeHead(200, html).end('end');
          else response.writeHead(302, { Location: `/${left - 1}` }).end();
        }, 60);
      });
      assert.equal((await failureOf(testNet.get(`${server.origin}/5`, { timeoutMs }))).reason, 'timeout');
    });

    for (const phase of ['answer', 'body', 'robots.txt', 'look-up', 'turn']) {
      it(`cancels at once while waiting for the ${phase}`, async () => {
        const controller = new AbortController();
        const reached = deferred();
        const server = await testNet.serve((request, response) => {
          if (request.url === '/robots.txt' && phase !== 'robots.txt')
            return void response.writeHead(404).end();
          if (phase === 'body') response.writeHead(200, html).write('x');
          reached.resolve(undefined);
        }, true);
        const resolve = () => {
          if (phase !== 'look-up') return resolveTo({ 'a.example': ['127.0.0.1'] })('a.example');
          reached.resolve(undefined);
          return new Promise<never>(() => undefined);
        };
        const fetcher = testNet.fetcher(phase === 'turn' ? { perHost: 1 } : {}, resolve);
        const url = `http://a.example:${server.port}/`;
        if (phase === 'turn') void fetchPage(fetcher, url).catch(() => undefined);
        const fetching = failureOf(fetchPage(fetcher, url, controller.signal));
        await reached.promise;
        const startedMs = performance.now();
        controller.abort();
        assert.equal((await fetching).reason, 'cancelled');
        // Far from the 30 s after which it would end by itself.
        assert.ok(performance.now() - startedMs < 2000);
      });
    }

    it('asks nobody when it is cancelled from the start', async () => {
      const server = await testNet.serve((_request, response) => response.end());
      const failure = await failureOf(fetchPage(testNet.fetcher(), server.origin, AbortSignal.abort()));
      assert.deepEqual([failure.reason, server.connections], ['cancelled', 0]);
    });

    it('cancels what is under way when it is disposed', async () => {
      const reached = deferred();
      const server = await testNet.serve(() => reached.resolve(undefined));
      const fetcher = testNet.fetcher();
      const fetching = failureOf(fetchPage(fetcher, server.origin));
      await reached.promise;
      fetcher.dispose();
      assert.equal((await fetching).reason, 'cancelled');
    });
  });

  describe('robots.txt', () => {
    /** Serves `robots` and counts who asks for what. */
    async function site(robots: RequestListener): Promise<TestServer & { paths: string[] }> {
      const paths: string[] = [];
      const server = await testNet.serve((request, response) => {
        paths.push(request.url ?? '');
        if (request.url === '/robots.txt') robots(request, response);
        else response.writeHead(200, html).end('page');
      }, true);
      return Object.assign(server, { paths });
    }

    it('is obeyed, and read once for many pages', async () => {
      const server = await site((_request, response) => response.end('User-agent: riptide\nDisallow: /no'));
      const fetcher = testNet.fetcher();
      const fetches = ['/a', '/b', '/c', '/no', '/no/x'].map((path) =>
        fetchPage(fetcher, server.origin + path),
      );
      const outcomes = await Promise.allSettled(fetches);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
      );
      const failure = await failureOf(fetches[3]!);
      assert.deepEqual([failure.reason, failure.isRetryable], ['robots', false]);
      assert.deepEqual(server.paths.sort(), ['/a', '/b', '/c', '/robots.txt']);
    });

    it('is not even read when it need not be obeyed', async () => {
      const server = await site((_request, response) => response.end('User-agent: *\nDisallow: /'));
      await testNet.get(`${server.origin}/a`, { obeyRobots: false });
      assert.deepEqual(server.paths, ['/a']);
    });

    it('is obeyed where a redirect leads', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/robots.txt') response.end('User-agent: *\nDisallow: /no');
        else response.writeHead(302, { Location: '/no' }).end();
      }, true);
      assert.equal((await failureOf(testNet.get(`${server.origin}/yes`))).reason, 'robots');
    });

    it('may be missing', async () => {
      for (const status of [401, 403, 404, 410, 429]) {
        const server = await site((_request, response) =>
          response.writeHead(status).end('User-agent: *\nDisallow: /'),
        );
        assert.equal(text((await testNet.get(server.origin)).body), 'page');
      }
    });

    it('closes the site while its server fails', async () => {
      const server = await site((_request, response) => response.writeHead(503).end());
      const failure = await failureOf(testNet.get(server.origin));
      assert.deepEqual([failure.reason, failure.isRetryable], ['robots', true]);
      assert.deepEqual(server.paths, ['/robots.txt']);
    });

    it('closes the site while it cannot be had', async () => {
      const server = await site((_request, response) => void response.writeHead(200).destroy());
      assert.equal((await failureOf(testNet.get(server.origin))).reason, 'reset');
      assert.deepEqual(server.paths, ['/robots.txt']);
    });

    it('is followed through five redirects, and given up after', async () => {
      const chain = (length: number): Promise<TestServer> =>
        testNet.serve((request, response) => {
          const at = Number(/^\/r(\d+)$/.exec(request.url ?? '')?.[1] ?? 0);
          if (request.url === '/page') response.writeHead(200, html).end('page');
          else if (at === length) response.end('User-agent: *\nDisallow: /');
          else response.writeHead(301, { Location: `/r${at + 1}` }).end();
        }, true);
      assert.equal((await failureOf(testNet.get(`${(await chain(5)).origin}/page`))).reason, 'robots');
      assert.equal(text((await testNet.get(`${(await chain(6)).origin}/page`)).body), 'page');
    });

    it('of any size is read to 500 KiB', async () => {
      const server = await site((_request, response) => {
        response.write('User-agent: *\nDisallow: /no\n');
        pour(response);
      });
      const fetcher = testNet.fetcher();
      assert.equal((await failureOf(fetchPage(fetcher, `${server.origin}/no`))).reason, 'robots');
      assert.equal(text((await fetchPage(fetcher, `${server.origin}/yes`)).body), 'page');
    });

    it('goes on being read for others when one who asked gives up', async () => {
      const asked = deferred();
      let answer: () => void = () => undefined;
      const server = await site((_request, response) => {
        answer = () => response.end('User-agent: *\nAllow: /');
        asked.resolve(undefined);
      });
      const fetcher = testNet.fetcher();
      const controller = new AbortController();
      const one = failureOf(fetchPage(fetcher, `${server.origin}/1`, controller.signal));
      const other = fetchPage(fetcher, `${server.origin}/2`);
      await asked.promise;
      controller.abort();
      assert.equal((await one).reason, 'cancelled');
      answer();
      assert.equal(text((await other).body), 'page');
      assert.deepEqual(server.paths, ['/robots.txt', '/2']);
    });
  });

  describe('turns', () => {
    it('leaves a host alone between two starts', async () => {
      const server = await testNet.serve((_request, response) => response.writeHead(200, html).end('x'));
      const fetcher = testNet.fetcher({ delayMs: 60 }, resolveTo({ 'a.example': ['127.0.0.1'] }));
      const startsMs: number[] = [];
      const fetches = [1, 2, 3, 4].map((n) =>
        fetcher.fetch(`http://a.example:${server.port}/${n}`, new AbortController().signal, () =>
          startsMs.push(performance.now()),
        ),
      );
      await Promise.all(fetches);
      // A millisecond for the clock between the decision and the call.
      assert.ok(
        startsMs.slice(1).every((startMs, n) => startMs - startsMs[n]! > 59),
        String(startsMs),
      );
    });

    it('keeps a crawl to its lane, of many pages without a warning', async () => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): number => warnings.push(warning);
      process.on('warning', onWarning);
      let active = 0;
      let peak = 0;
      const server = await testNet.serve((_request, response) => {
        peak = Math.max(peak, ++active);
        setImmediate(() => {
          active--;
          response.writeHead(200, html).end('x');
        });
      });
      const fetcher = testNet.fetcher();
      const lane = new Lane(3);
      const { signal } = new AbortController();
      const fetches = Array.from({ length: 40 }, (_, n) =>
        fetcher.fetch(`${server.origin}/${n}`, signal, () => undefined, lane),
      );
      await Promise.all(fetches);
      assert.ok(peak > 1 && peak <= 3, String(peak));
      process.off('warning', onWarning);
      assert.deepEqual(warnings, []);
    });

    it('says when a page has its turn, once', async () => {
      const server = await testNet.serve((request, response) => {
        if (request.url === '/end') response.writeHead(200, html).end('x');
        else response.writeHead(302, { Location: '/end' }).end();
      });
      let starts = 0;
      await testNet.fetcher().fetch(server.origin, new AbortController().signal, () => starts++);
      assert.equal(starts, 1);
    });
  });

  describe('TLS', () => {
    const fixture = (name: string): string => join(__dirname, '../../fixtures/tls', name);
    const secure = (): Promise<TestServer> =>
      testNet.listen(
        https.createServer(
          {
            key: readFileSync(fixture('localhost.key.pem')),
            cert: readFileSync(fixture('localhost.cert.pem')),
          },
          (request, response) => response.writeHead(request.url === '/' ? 200 : 404, html).end('secure'),
        ),
      );

    it('says what is wrong with a certificate', async () => {
      const server = await secure();
      const failure = await failureOf(testNet.get(`https://127.0.0.1:${server.port}/`));
      assert.deepEqual([failure.reason, failure.isRetryable], ['tls', false]);
      assert.match(failure.message, /signed by itself.*NODE_EXTRA_CA_CERTS/);
    });

    it('says that a port speaks no HTTPS', async () => {
      const server = await testNet.serve((_request, response) => response.end());
      const failure = await failureOf(testNet.get(`https://127.0.0.1:${server.port}/`));
      assert.equal(failure.reason, 'tls');
      assert.match(failure.message, /HTTPS\?/);
    });

    it('fetches from who is trusted, and by no other name', async () => {
      const server = await secure();
      // Trust is fixed when a process starts, so this needs one of its own.
      const run = async (host: string): Promise<string> => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['--import', 'tsx', join(__dirname, 'fetchOnce.ts'), `https://${host}:${server.port}/`],
          { env: { ...process.env, NODE_EXTRA_CA_CERTS: fixture('localhost.cert.pem') } },
        );
        return stdout.trim();
      };
      assert.equal(await run('localhost'), 'secure');
      assert.match(await run('other.example'), /^tls .*another host name/);
    });
  });
});

function pour(response: ServerResponse): void {
  const block = Buffer.alloc(64 * 1024, 'a');
  const more = (): void => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function deferred(): { promise: Promise<undefined>; resolve: (value: undefined) => void } {
  let resolve: (value: undefined) => void = () => undefined;
  const promise = new Promise<undefined>((done) => (resolve = done));
  return { promise, resolve };
}
