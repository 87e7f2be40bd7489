import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { startEngine, type BuiltEngine } from '../support/builtEngine';

const folder = resolve('examples');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));

/** What each example is there to show. The runner's site has 20 pages, and one address without. */
const shows: Record<string, readonly RegExp[]> = {
  'basic-streaming': [
    /^(?:\d+ {2}(?:http\S+\/harbour\/\d+ {2}\d{3} characters|failed: .+ 404: .+)\n){21}$/,
    /^20 {2}failed: .+\/sunken answered 404/m,
  ],
  callbacks: [
    /^welcome: session [\w-]{36}, protocol 1\.0\nmetadata: 21 URLs\nresult/,
    /20 succeeded, 1 failed/,
  ],
  'errors-and-reconnection': [
    /^skipped ftp:\/\/host\.example/,
    /connection: connection-lost, \d+ outstanding/,
    /failed \(http-404, lasting\): /,
    /\n22 = 20 succeeded \+ 1 failed \+ 1 skipped \+ 0 outstanding\n/,
    /\nrefused: .+ 21 of 21 URLs are outstanding\.\n$/,
  ],
  'graceful-shutdown': [
    /^(kept http\S+\n)+Paused, (?:[1-9]|1\d|20) of 21 URLs are outstanding/,
    /to go on:\n(http\S+\n)+$/,
  ],
  'health-monitoring': [
    /^connecting\nopen: session /,
    /(ping: [\d.]+ ms\n){5}latency: median [\d.]+ ms, p95 [\d.]+ ms of 5 pings\n/,
    /status: healthy, 6 messages sent\n/,
    /client: \d+ messages, \d{5,} bytes, 0 reconnects\n/,
    /closed: on purpose\n$/,
  ],
  'progress-and-metadata': [
    /^21 URLs in session /,
    /\[#{20}\] 21\/21, 95 % succeeded/,
    /Harbour 20 · by Pilot · language en · \d+ words · 1 min · \d+ links\n/,
    /20 succeeded, 1 failed, 0 skipped in \d+ ms\n$/,
  ],
  'websocket-vs-ndjson': [
    /first result, ms.+total, ms.+messages.+bytes/,
    // Connecting is no message here, and progress is one of its own there.
    /WebSocket +│ +\d+ +│ +\d+ +│ +2[34] +│ +\d{5}/,
    /NDJSON +│ +\d+ +│ +\d+ +│ +27 +│ +\d{5}/,
  ],
};

interface Ran {
  exitCode: number | null;
  output: string;
  complaints: string;
}

/** Runs the runner as a user does, and interrupts it once it has printed `interruptAt`. */
async function runExample(args: readonly string[], interruptAt?: string): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(folder, 'run.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran: Ran = { exitCode: null, output: '', complaints: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const isDue = interruptAt !== undefined && !ran.output.includes(interruptAt);
    ran.output += text;
    if (isDue && ran.output.includes(interruptAt)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.complaints += text));
  await once(child, 'close');
  return { ...ran, exitCode: child.exitCode };
}

describe('the examples', function () {
  this.timeout(30_000);
  let engine: BuiltEngine;

  before(async () => (engine = await startEngine()));
  after(() => engine.stop());

  for (const name of names) {
    it(`${name} shows what it is there for`, async function () {
      const isInterrupted = name === 'graceful-shutdown';
      // There a signal ends the process at once.
      if (isInterrupted && process.platform === 'win32') this.skip();
      const ran = await runExample([name, '--server', engine.address], isInterrupted ? 'kept' : undefined);
      assert.equal(ran.exitCode, 0, ran.output + ran.complaints);
      assert.equal(ran.complaints, '');
      const expected = shows[name];
      assert.ok(expected, `say in this test what ${name} has to print`);
      for (const pattern of expected) assert.match(ran.output, pattern);
    });
  }

  it('are listed for whoever names none, or a wrong one', async () => {
    for (const args of [[], ['basic']]) {
      const { exitCode, complaints } = await runExample(args);
      assert.equal(exitCode, 2);
      assert.ok(complaints.endsWith(`Examples: ${names.join(', ')}\n`), complaints);
    }
  });

  it('crawl the URLs that they are given', async () => {
    const url = `${engine.address}/healthz`;
    const { exitCode, output } = await runExample(['basic-streaming', '--server', engine.address, url]);
    assert.equal(exitCode, 0);
    assert.match(output, new RegExp(`^0 {2}${url} {2}\\d+ characters\n$`));
  });
});
