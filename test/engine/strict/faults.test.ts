import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import FakeTimers from '@sinonjs/fake-timers';
import { maxRequestBytes, serverPingIntervalMs } from '../../../src/protocol/limits';
import { allFaults, type Fault } from '../../../src/engine/strict/faults';
import { StrictRipTide } from '../../../src/engine/strict/strictRipTide';
import { resolveTo } from '../fetch/servers';
import { HeldSite } from '../server/heldSite';
import { startOwnServer, type OwnServer } from '../server/ownServer';
import { openPost, post, textOf } from '../server/post';
import { Wire } from '../server/wire';

const html = '<p>The tide turns.</p>';

describe('each fault of a strict RipTide', function () {
  this.timeout(30_000);
  let address: string;
  let server: OwnServer;
  let site: HeldSite;
  let wires: Wire[] = [];

  async function serve(fault: Fault): Promise<void> {
    const settings = { delayMs: 0, perHost: 16, concurrency: 16 };
    const strict = new StrictRipTide(new Set([fault]));
    server = await startOwnServer({ strict }, settings, resolveTo({ 'site.example': ['127.0.0.1'] }));
    address = server.address;
  }

  async function holdSite(answer?: string): Promise<void> {
    site = new HeldSite(() => answer);
    await site.listen();
  }

  beforeEach(() => (wires = []));
  afterEach(async () => {
    for (const { socket } of wires) socket.terminate();
    await server.close();
    await site.close();
  });

  async function open(): Promise<Wire> {
    const wire = await Wire.open(address);
    wires.push(wire);
    return wire;
  }

  const urlOf = (path: string): string => site.url(path).replace('127.0.0.1', 'site.example');
  const urls = (count: number): string[] => Array.from({ length: count }, (_, at) => urlOf(`/${at}`));
  const crawl = (of: string[]) => ({ request_type: 'crawl', data: { urls: of } });

  /** Another connection is served, so that there was time for the first one. */
  async function serveOthers(): Promise<void> {
    const other = await open();
    await other.soFar();
  }

  const provoked: Record<Fault, () => Promise<void>> = {
    silence: async () => {
      const wire = await open();
      wire.send('no JSON');
      wire.send({ request_type: 'ping' });
      wire.socket.send(Buffer.from('{"request_type":"ping","data":{}}'));
      wire.send({ request_type: 'dance', data: {} });
      assert.equal((await wire.any()).message_type, 'error', 'what it does not know it answers');
      wire.send({ request_type: 'ping', data: {} });
      assert.equal((await wire.any()).message_type, 'pong');
    },

    'deaf-crawl': async () => {
      const wire = await open();
      wire.send(crawl([urlOf('/a')]));
      await wire.next('metadata');
      await site.asked('/a');
      wire.send({ request_type: 'ping', data: {} });
      await serveOthers();
      assert.deepEqual(wire.messages, []);
      await site.release('/a');
      await wire.next('summary');
      await wire.next('pong');
    },

    'late-pings': async () => {
      const clock = FakeTimers.install({ toFake: ['setInterval', 'clearInterval'] });
      try {
        const wire = new Wire(address);
        wires.push(wire);
        let pings = 0;
        wire.socket.on('ping', () => (pings += 1));
        await wire.next('welcome');
        wire.send(crawl([urlOf('/a')]));
        await site.asked('/a');
        assert.equal(pings, 1, 'the one after the welcome');
        for (let times = 0; times < 3; times += 1) clock.tick(serverPingIntervalMs);
        await wire.soFar();
        assert.equal(pings, 1);
        await site.release('/a');
        await wire.next('summary');
        await wire.soFar();
        assert.equal(pings, 4);
      } finally {
        clock.uninstall();
      }
    },

    wedge: async () => {
      const wire = await open();
      wire.send({ request_type: 'status', data: {} });
      await wire.next('status');
      wire.send({ request_type: 'ping', data: {} });
      wire.socket.on('pong', () => assert.fail('a wedged connection answered'));
      wire.socket.ping();
      await serveOthers();
      assert.deepEqual([wire.messages, wire.socket.readyState], [[], wire.socket.OPEN]);
    },

    'drop-latch': async () => {
      const wire = await open();
      wire.send(crawl(urls(40)));
      for (let results = 0; results < 24; results += 1) await wire.next('result');
      wire.send(crawl(urls(1)));
      assert.deepEqual(await wire.soFar(), []);
    },

    'short-summary': async () => {
      const wire = await open();
      wire.send(crawl(urls(30)));
      for (let results = 0; results < 10; results += 1) await wire.next('result');
      const summary = await wire.any();
      assert.ok(summary.message_type === 'summary', summary.message_type);
      assert.deepEqual([summary.data.total_urls, summary.data.successful, summary.data.failed], [30, 10, 0]);
      wire.send(crawl(urls(2)));
      assert.equal((await wire.any()).message_type, 'metadata', 'nothing more of the first crawl');
      const next = await wire.any();
      assert.ok(next.message_type === 'summary', next.message_type);
      assert.deepEqual([next.data.total_urls, next.data.successful], [2, 0]);
    },

    'no-close-frame': async () => {
      const wire = await open();
      wire.socket.close(1000);
      const [code] = (await once(wire.socket, 'close')) as [number];
      assert.equal(code, 1006);
    },

    'abrupt-oversize': async () => {
      const oversize = Buffer.alloc(14);
      oversize.set([0x81, 0xff]);
      oversize.writeBigUInt64BE(BigInt(maxRequestBytes + 1), 2);
      const brokenBit = Buffer.from([0xc1, 0x80, 0, 0, 0, 0]);
      for (const frame of [oversize, brokenBit]) {
        const { socket, bytes } = await openRaw();
        socket.write(frame);
        await once(socket, 'close');
        assert.deepEqual(opcodesOf(bytes()), [1, 9], 'the welcome and its ping, and no Close');
      }
    },

    'double-pong': async () => {
      const wire = await open();
      const pongs: string[] = [];
      const came = new Promise<void>((resolve) => {
        wire.socket.on('pong', (payload) => {
          if (pongs.push(payload.toString()) === 4) resolve();
        });
      });
      wire.socket.ping('x');
      wire.socket.ping('y');
      await came;
      assert.deepEqual(pongs, ['x', 'x', 'y', 'y']);
    },

    'stub-stream': async () => {
      const { status, headers, text } = await post(`${address}/crawl/stream`, { urls: urls(1) });
      assert.deepEqual([status, headers['content-type']], [200, 'text/event-stream']);
      assert.match(text, /^data: .*not implemented.*\n\n$/);
    },

    'refusal-500': async () => {
      const statuses = ['/crawl/stream', '/crawl/sse', '/crawl'].map(async (path) => {
        return (await post(`${address}${path}`, { urls: ['ftp://site.example/'] })).status;
      });
      assert.deepEqual(await Promise.all(statuses), [500, 500, 400]);
    },

    'empty-408': async () => {
      for (const expected of [200, 408, 200, 408]) {
        const { status, text } = await post(`${address}/crawl`, { urls: urls(1) });
        assert.deepEqual([status, text === ''], [expected, expected === 408]);
      }
    },

    'error-bodies': async () => {
      const failures: (readonly [number, string])[] = [];
      for (let request = 0; request < 14; request += 1) {
        const { status, text } = await post(`${address}/crawl`, { urls: urls(1) });
        if (request % 2 === 0) assert.equal(status, 200);
        else failures.push([status, text]);
      }
      assert.deepEqual(
        failures.map(([status]) => status),
        [503, 429, 500, 400, 405, 422, 408],
      );
      assert.equal(new Set(failures.map(([, text]) => text)).size, 7);
    },

    'rate-limit': async () => {
      await open();
      const { socket } = new Wire(address);
      socket.on('error', () => undefined);
      const [, refusal] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      assert.equal(refusal.statusCode, 429);
      refusal.resume();
      const first = await openPost(`${address}/crawl`, { urls: urls(1) });
      assert.equal(first.statusCode, 200);
      await textOf(first);
      const { status, headers, text } = await post(`${address}/crawl`, { urls: urls(1) });
      assert.deepEqual([status, headers['retry-after']], [429, '1']);
      assert.equal((JSON.parse(text) as { error: { retryable: boolean } }).error.retryable, false);
    },
  };

  async function openRaw(): Promise<{ socket: Socket; bytes: () => Buffer }> {
    const headers = {
      ...{ Connection: 'Upgrade', Upgrade: 'websocket' },
      ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64') },
    };
    const request = get(`${address}/crawl/ws`, { headers, agent: false });
    const [, socket, head] = (await once(request, 'upgrade')) as [IncomingMessage, Socket, Buffer];
    const chunks = [head];
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    return { socket, bytes: () => Buffer.concat(chunks) };
  }

  const held: readonly Fault[] = ['deaf-crawl', 'late-pings'];
  for (const fault of allFaults) {
    it(`${fault} strikes`, async () => {
      await holdSite(held.includes(fault) ? undefined : html);
      await serve(fault);
      await provoked[fault]();
    });
  }
});

/** Of unmasked frames below 64 KiB. */
function opcodesOf(bytes: Buffer): number[] {
  const opcodes: number[] = [];
  for (let at = 0; at < bytes.length;) {
    opcodes.push(bytes.readUInt8(at) & 0x0f);
    const length = bytes.readUInt8(at + 1);
    at += length < 126 ? 2 + length : 4 + bytes.readUInt16BE(at + 2);
  }
  return opcodes;
}
