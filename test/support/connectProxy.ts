import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ConnectProxyOptions {
  /** Of the `Proxy-Authorization` header; any other is refused. */
  authorization?: string;
  /** Takes connections, and never answers. */
  isSilent?: boolean;
}

/** An HTTP proxy on a free port of this computer, for `CONNECT` alone; every name is this computer's to it. */
export class ConnectProxy {
  readonly url: string;
  /** Hosts and ports that were asked for. */
  readonly asked: string[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();

  private constructor(server: Server, { authorization, isSilent }: ConnectProxyOptions) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket: Socket) => this.keep(socket));
    server.on('connect', (request, client: Duplex, head: Buffer) => {
      this.asked.push(request.url ?? '');
      if (isSilent) return;
      if (authorization !== undefined && request.headers['proxy-authorization'] !== authorization) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const { port } = new URL(`http://${request.url}`);
      const server = connect(Number(port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.write(head);
        server.pipe(client).pipe(server);
      });
      this.keep(server);
      server.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    });
  }

  static async start(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
    const server = createServer((_request, response) => response.writeHead(405).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ConnectProxy(server, options);
  }

  /** Resolves when no connection is open, to neither side. */
  async idle(): Promise<void> {
    while (this.sockets.size > 0) {
      await Promise.all(
        [...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private keep(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.prependOnceListener('close', () => this.sockets.delete(socket));
  }
}
