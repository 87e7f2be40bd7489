import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { startOwnServer, type OwnServer } from './ownServer';
import { Wire } from './wire';

describe('compression', () => {
  let site: LocalSite;
  let server: OwnServer | undefined;
  before(async () => (site = await startLocalSite()));
  after(() => site.close());
  afterEach(() => server?.close());

  async function crawledBytes(perMessageDeflate: boolean): Promise<{ extensions: string; bytes: number }> {
    const wire = new Wire(server!.address, { perMessageDeflate });
    const [{ headers }] = (await once(wire.socket, 'upgrade')) as [IncomingMessage];
    await wire.next('welcome');
    wire.send({ request_type: 'crawl', data: { urls: site.pageUrls(1) } });
    const { data } = await wire.next('result');
    assert.equal(data.result.document?.title, 'Guide 1 to the tides');
    const metrics = await (await fetch(`${server!.address}/metrics`)).text();
    const extensions = headers['sec-websocket-extensions'] ?? '';
    await wire.end();
    return { extensions, bytes: Number(/^riptide_sent_bytes_total (\d+)$/m.exec(metrics)?.[1]) };
  }

  it('is agreed on with who offers it from afar, without a context for each connection', async () => {
    server = await startOwnServer({ compressesFor: () => true });
    const plain = await crawledBytes(false);
    assert.equal(plain.extensions, '');
    await server.close();
    server = await startOwnServer({ compressesFor: () => true });
    const { extensions, bytes } = await crawledBytes(true);
    assert.match(extensions, /permessage-deflate/);
    assert.match(extensions, /server_no_context_takeover/);
    assert.match(extensions, /client_no_context_takeover/);
    assert.ok(bytes < plain.bytes * 0.7, `${bytes} of ${plain.bytes}`);
  });

  it('is not agreed on over loopback, whoever offers it', async () => {
    server = await startOwnServer();
    assert.equal((await crawledBytes(true)).extensions, '');
  });
});

describe('an upgrade to another protocol', () => {
  let server: OwnServer;
  before(async () => (server = await startOwnServer()));
  after(() => server.close());

  /** Several requests over one connection, each sent once the one before is answered; their status lines. */
  async function exchange(...requests: string[]): Promise<string[]> {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    const lines: string[] = [];
    for (const request of requests) {
      socket.write(request);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      lines.push(answer.toString().split('\r\n', 1)[0]!);
    }
    socket.destroy();
    return lines;
  }

  const h2c =
    'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

  it('is left aside, and the request answered', async () => {
    const body = '{"urls":[]}';
    const post = `POST /crawl HTTP/1.1\r\n${h2c}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    assert.deepEqual(
      await exchange(
        `GET /healthz HTTP/1.1\r\n${h2c}\r\n`,
        `${post}${body}`,
        `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
        `GET /crawl/ws HTTP/1.1\r\n${h2c}\r\n`,
        `GET /nowhere HTTP/1.1\r\n${h2c}\r\n`,
      ),
      [
        'HTTP/1.1 200 OK',
        'HTTP/1.1 400 Bad Request',
        'HTTP/1.1 200 OK',
        'HTTP/1.1 426 Upgrade Required',
        'HTTP/1.1 404 Not Found',
      ],
    );
  });

  it('does not make one connection count for many', async () => {
    await exchange(`GET /healthz HTTP/1.1\r\n${h2c}\r\n`, `GET /healthz HTTP/1.1\r\n${h2c}\r\n`);
    const { metrics } = (await (await fetch(`${server.address}/healthz`)).json()) as {
      metrics: { active_connections: number };
    };
    assert.ok(metrics.active_connections <= 2, String(metrics.active_connections));
  });
});
