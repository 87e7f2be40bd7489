import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { FaultProxy } from './faultProxy';

describe('FaultProxy', () => {
  it('sees the end of a client that still wrote to a server that was gone', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = await FaultProxy.start({ port: () => port, random: () => 0, rangeBytes: 100 });
    const client = connect({
      port: Number(new URL(proxy.address).port),
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    // A reset is an end too.
    client.on('error', () => undefined).resume();
    const closed = new Promise((resolve) => client.once('close', resolve));
    await once(client, 'end');
    client.end('written too late');
    await closed;
    await proxy.stop();
    server.close();
  });
});
