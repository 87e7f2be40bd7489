import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { frameHead, opcodes } from './webSocketFrames';

const faults = [
  'none',
  /** TCP ends. */
  'cut',
  /** TCP is reset. */
  'reset',
  /** Both directions fall silent, and stay open. */
  'stall',
  /** The server is gone, and the client is not told. */
  'half-open',
  /** Small pieces, with time in between. */
  'drip',
  /** Bytes that nobody sent. */
  'garbage',
  /** A frame that is shorter than it says. */
  'truncated',
  /** A frame that says it is larger than anybody takes. */
  'oversize',
] as const;

export type Fault = (typeof faults)[number];

const dripBytes = 700;
const dripPauseMs = 5;

export interface FaultProxySettings {
  /** Where the server listens now; undefined while it is down. */
  port: () => number | undefined;
  /** From 0 to below 1; decides the fault of each connection and the byte at which it strikes. */
  random: () => number;
  /** Answers of the server in which a fault may strike. */
  rangeBytes: number;
}

/** Stands between a client and a server, and does to each connection what networks do. */
export class FaultProxy {
  readonly address: string;
  /** What struck so far. */
  readonly struck: Fault[] = [];
  private readonly server: Server;
  private readonly settings: FaultProxySettings;
  private readonly clients = new Set<Socket>();
  private readonly upstreams = new Set<Socket>();

  private constructor(server: Server, settings: FaultProxySettings) {
    this.server = server;
    this.settings = settings;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.join(client));
  }

  static async start(settings: FaultProxySettings): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, settings);
  }

  /** Resolves when every client has gone by itself; a client that leaks a socket makes it hang. */
  async stop(): Promise<void> {
    this.server.close();
    await Promise.all([...this.clients].map((client) => new Promise((gone) => client.once('close', gone))));
    for (const upstream of this.upstreams) upstream.destroy();
  }

  private join(client: Socket): void {
    const port = this.settings.port();
    this.clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => this.clients.delete(client));
    if (port === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    this.upstreams.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    upstream.on('close', () => {
      this.upstreams.delete(upstream);
      // The pipe leaves a paused socket behind: what the client still sends would hide its end for good.
      client.resume();
    });
    this.forward(upstream, client);
  }

  /** Server to client, up to the byte at which the fault strikes. */
  private forward(upstream: Socket, client: Socket): void {
    const { random, rangeBytes } = this.settings;
    const fault = faults[Math.floor(random() * faults.length)] ?? 'none';
    // Half of them strike early, where handshake and first messages are.
    let left = Math.floor(random() * (random() < 0.5 ? rangeBytes / 20 : rangeBytes));
    let hasStruck = fault === 'none';
    upstream.on('data', (chunk: Buffer) => {
      if (hasStruck || chunk.length <= left) {
        left -= chunk.length;
        client.write(chunk);
        return;
      }
      hasStruck = true;
      this.struck.push(fault);
      client.write(chunk.subarray(0, left));
      this.strike(fault, upstream, client, chunk.subarray(left));
    });
    upstream.on('end', () => client.end());
  }

  private strike(fault: Fault, upstream: Socket, client: Socket, rest: Buffer): void {
    switch (fault) {
      case 'none':
        return;
      case 'cut':
        client.destroy();
        return;
      case 'reset':
        // Node tells no end of a socket whose reset came too late, so it is not waited for.
        this.clients.delete(client);
        upstream.destroy();
        client.resetAndDestroy();
        return;
      case 'stall':
        upstream.removeAllListeners('data');
        upstream.pause();
        // Read on, or the end that the client sends would never be seen.
        client.unpipe(upstream);
        client.resume();
        return;
      case 'half-open':
        upstream.removeAllListeners('data').removeAllListeners('end');
        client.unpipe(upstream);
        client.resume();
        upstream.destroy();
        return;
      case 'drip':
        this.drip(upstream, client, rest);
        return;
      case 'garbage':
        client.write(Buffer.from(Array.from({ length: 64 }, () => Math.floor(this.settings.random() * 256))));
        client.write(rest);
        return;
      case 'truncated':
        client.write(rest.subarray(Math.min(rest.length, 1 + Math.floor(this.settings.random() * 200))));
        return;
      case 'oversize':
        client.write(frameHead(opcodes.text, 2 ** 40));
    }
  }

  private drip(upstream: Socket, client: Socket, rest: Buffer): void {
    upstream.pause();
    client.write(rest.subarray(0, dripBytes));
    setTimeout(() => {
      if (client.destroyed) return;
      if (rest.length > dripBytes) this.drip(upstream, client, rest.subarray(dripBytes));
      else upstream.resume();
    }, dripPauseMs);
  }
}
