import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { runGuarded, startGuarded } from './guardedProcess';

/** A process that lives until it is ended, and a child of it that ignores polite requests to end. */
const familyScript = (port: number) => `
  const { spawn } = require('node:child_process');
  const stubborn = "process.on('SIGTERM', () => {}); require('node:net').connect(${port}, '127.0.0.1')";
  spawn(process.execPath, ['-e', stubborn], { stdio: 'ignore' });
  require('node:net').connect(${port}, '127.0.0.1');
`;

describe('a guarded process', () => {
  let server: Server;
  let sockets: Socket[];
  let port: number;

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => server.close());

  /** Each process of the family holds a connection for as long as it lives. */
  async function familyIsUp(): Promise<void> {
    while (sockets.length < 2) await once(server, 'connection');
  }

  async function familyIsGone(): Promise<void> {
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  }

  it('takes its whole family along when it is stopped', async () => {
    const guarded = startGuarded(process.execPath, ['-e', familyScript(port)]);
    await familyIsUp();
    await guarded.stop();
    await familyIsGone();
  });

  it('takes its whole family along when its owner is killed', async () => {
    const owner: ChildProcess = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '-e',
        `require(${JSON.stringify(join(__dirname, 'guardedProcess.ts'))})
        .startGuarded(process.execPath, ['-e', ${JSON.stringify(familyScript(port))}])`,
      ],
      { stdio: 'inherit' },
    );
    await familyIsUp();
    owner.kill('SIGKILL');
    await familyIsGone();
  });

  it('hands on the exit code', async () => {
    assert.equal(await runGuarded(process.execPath, ['-e', 'process.exit(7)']), 7);
    assert.equal(await runGuarded(process.execPath, ['-e', '']), 0);
  });
});
