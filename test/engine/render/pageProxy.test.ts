import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PageProxy } from '../../../src/engine/render/pageProxy';
import { resolveTo, TestNet } from '../fetch/servers';

const names = resolveTo({
  'app.example': ['93.184.216.34'],
  'inside.example': ['10.0.0.1'],
  'direct.example': ['127.0.0.1'],
});

describe('the way out of a rendered page, where the editor has a proxy', () => {
  const testNet = new TestNet();
  /** Of the editor's proxy: what it was asked for, and by whom. */
  let asked: (string | undefined)[][];
  let isLocked: boolean;
  let pageProxy: PageProxy;
  let port: number;

  beforeEach(async () => {
    asked = [];
    isLocked = false;
    const upstream = http.createServer((request, response) => {
      asked.push([request.url, request.headers['proxy-authorization']]);
      response.writeHead(isLocked ? 407 : 200).end('through the proxy');
    });
    upstream.on('connect', (request, socket: Duplex) => {
      asked.push([request.url, request.headers['proxy-authorization']]);
      socket.on('error', () => undefined);
      if (isLocked) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\nfirst');
      socket.pipe(socket);
    });
    const { origin } = await testNet.listen(upstream);
    const settings = {
      url: origin.replace('//', '//ann:tide@'),
      authorization: null,
      bypass: ['direct.example'],
      acceptsAnyCertificate: false,
    };
    pageProxy = new PageProxy(null, names, settings);
    port = await pageProxy.listen();
  });
  afterEach(() => {
    pageProxy.close();
    testNet.close();
  });

  const login = `Basic ${Buffer.from('ann:tide').toString('base64')}`;

  /** As a browser asks its proxy. */
  async function get(url: string): Promise<string> {
    const headers = { Host: new URL(url).host, 'Proxy-Authorization': 'of the page' };
    const request = http.get({ host: '127.0.0.1', port, path: url, headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    return text;
  }

  async function connect(place: string): Promise<{ status: number | undefined; socket: Duplex }> {
    const request = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: place, agent: false });
    request.end();
    const [{ statusCode }, socket, head] = (await once(request, 'connect')) as [
      IncomingMessage,
      Duplex,
      Buffer,
    ];
    socket.on('error', () => undefined);
    socket.unshift(head);
    return { status: statusCode, socket };
  }

  it('leads through it, plain and in tunnels, with its login alone', async () => {
    assert.equal(await get('http://app.example/data?x'), 'through the proxy');
    const { status, socket } = await connect('app.example:443');
    assert.equal(status, 200);
    socket.write(' and back');
    let echo = '';
    while (echo.length < 'first and back'.length) echo += String((await once(socket, 'data'))[0]);
    assert.equal(echo, 'first and back');
    assert.deepEqual(asked, [
      ['http://app.example/data?x', login],
      ['app.example:443', login],
    ]);
  });

  it('leads to no private address, and past it nowhere', async () => {
    for (const host of ['inside.example', '10.0.0.1', 'localhost', '169.254.169.254', 'direct.example']) {
      await assert.rejects(get(`http://${host}/`), { code: 'ECONNRESET' }, host);
      assert.equal((await connect(`${host}:443`)).status, 403, host);
    }
    assert.deepEqual(asked, []);
  });

  it('gives a page no answer of the proxy’s own', async () => {
    isLocked = true;
    await assert.rejects(get('http://app.example/'), { code: 'ECONNRESET' });
    assert.equal((await connect('app.example:443')).status, 403);
  });

  it('ends with the page', async () => {
    const { socket } = await connect('app.example:443');
    const closed = once(socket, 'close');
    socket.resume();
    pageProxy.close();
    await closed;
  });
});
