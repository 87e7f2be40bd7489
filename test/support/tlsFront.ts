import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

const besides = join(__dirname, '../fixtures/tls');

/** Of `localhost` and this computer's address, signed by itself. @param folder for bundles, which lie elsewhere. */
export function selfSigned(folder = besides): { key: string; cert: string } {
  const read = (name: string): string => readFileSync(join(folder, `localhost.${name}.pem`), 'utf8');
  return { key: read('key'), cert: read('cert') };
}

export interface TlsFront {
  /** By the name that the certificate has. */
  address: string;
  /** Of its handshakes, those that came through. */
  readonly accepted: number;
  stop(): Promise<void>;
}

/** TLS in front of a server that speaks none. @param folder as of {@link selfSigned}. */
export async function startTlsFront(serverAddress: string, folder = besides): Promise<TlsFront> {
  const { port } = new URL(serverAddress);
  const sockets = new Set<Socket>();
  let accepted = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const front = createServer(selfSigned(folder), (client) => {
    accepted += 1;
    const server = connect(Number(port), '127.0.0.1');
    keep(client);
    keep(server);
    client.pipe(server).pipe(client);
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    address: `https://localhost:${(front.address() as AddressInfo).port}`,
    get accepted() {
      return accepted;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
