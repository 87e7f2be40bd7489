import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Stands between a client and a server, counts the connections, and cuts them when a test says so. */
export class Tap {
  readonly address: string;
  /** Where new connections lead. */
  target: string;
  /** What the server has sent, when a test asks for it by making this a list. */
  answers: Buffer[] | undefined;
  /** A text of the server's, before which a test has the connection cut, once. */
  cutBefore: string | undefined;
  /** Of all that were made. */
  connections = 0;
  private readonly server: Server;
  private readonly clients = new Set<Socket>();

  private constructor(server: Server, target: string) {
    this.server = server;
    this.target = target;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => {
      this.join(client, connect(Number(new URL(this.target).port), '127.0.0.1'));
    });
  }

  static async start(target: string): Promise<Tap> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Tap(server, target);
  }

  /** Resolves when the clients have ended all of them. */
  async whenEmpty(): Promise<void> {
    while (this.clients.size > 0)
      await Promise.race([...this.clients].map((client) => once(client, 'close')));
  }

  cut(): void {
    for (const client of this.clients) client.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, upstream: Socket): void {
    this.connections += 1;
    this.clients.add(client);
    const toClient = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        const at = this.cutBefore === undefined ? -1 : chunk.indexOf(this.cutBefore);
        if (at < 0) {
          done(null, chunk);
          return;
        }
        this.cutBefore = undefined;
        client.end(chunk.subarray(0, at));
      },
    });
    client.pipe(upstream).pipe(toClient).pipe(client);
    upstream.on('data', (chunk: Buffer) => this.answers?.push(chunk));
    client.on('error', () => undefined).on('close', () => upstream.destroy());
    upstream.on('error', () => undefined).on('close', () => client.destroy());
    client.on('close', () => this.clients.delete(client));
  }
}
