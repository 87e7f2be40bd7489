import { connect, createServer, type AddressInfo } from 'node:net';

export interface FlakyLine {
  address: string;
  close(): void;
}

/** A way to the server on which the first connection breaks after some bytes; those after it hold. */
export async function startFlakyLine(serverAddress: string, cutAfterBytes: number): Promise<FlakyLine> {
  const { hostname, port } = new URL(serverAddress);
  let budget = cutAfterBytes;
  const line = createServer((near) => {
    const far = connect(Number(port) || 80, hostname);
    near.pipe(far);
    const isFirst = budget > 0;
    far.on('data', (chunk) => {
      near.write(isFirst ? chunk.subarray(0, budget) : chunk);
      if (isFirst) budget -= chunk.length;
      if (isFirst && budget <= 0) near.destroySoon();
    });
    near.on('error', () => undefined).on('close', () => far.destroy());
    far.on('error', () => undefined).on('close', () => near.destroySoon());
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    close: () => void line.close(),
  };
}
