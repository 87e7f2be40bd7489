import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { EngineProcess, type EngineError, type EngineState } from '../../src/app/engineProcess';
import type { Logger } from '../../src/base/logger';
import { RipTideClient } from '../../src/client/ripTideClient';
import type { ClientError } from '../../src/client/clientError';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { buildEngine } from '../support/builtEngine';

describe('EngineProcess', () => {
  let enginePath: string;
  let lines: string[];
  let states: EngineState['kind'][];
  let engine: EngineProcess;
  const keep = (line: string): void => void lines.push(line);
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };

  function create(path: string): EngineProcess {
    const created = new EngineProcess(path, () => defaultFetchSettings, logger);
    created.onDidChangeState((state) => states.push(state.kind));
    return created;
  }

  before(async () => {
    enginePath = await buildEngine();
  });
  beforeEach(() => {
    lines = [];
    states = [];
    engine = create(enginePath);
  });
  afterEach(() => engine.stop());

  it('starts once for all who ask, and asks for its token', async () => {
    const [first, second] = await Promise.all([engine.start(), engine.start()]);
    assert.equal(first, second);
    assert.deepEqual(states, ['starting', 'ready']);

    const trusted = new RipTideClient({ address: first.address, apiKey: first.token });
    assert.ok((await trusted.ping()).latencyMs >= 0);
    await trusted.close();

    const stranger = new RipTideClient({ address: first.address });
    await assert.rejects(stranger.ping(), (error: ClientError) => error.reason === 'unauthorized');
    await stranger.close();
  });

  it('keeps the token out of its arguments, its environment and the log', async () => {
    const { token } = await engine.start();
    assert.ok(engine.state.kind === 'ready');
    if (process.platform === 'linux') {
      const { readFile } = await import('node:fs/promises');
      for (const file of ['cmdline', 'environ']) {
        assert.ok(!(await readFile(`/proc/${engine.state.pid}/${file}`, 'latin1')).includes(token));
      }
    }
    assert.ok(!lines.join('\n').includes(token));
  });

  it('tells when the engine is killed, and starts another', async () => {
    const { address } = await engine.start();
    assert.ok(engine.state.kind === 'ready');
    const crashed = new Promise<void>((resolved) => {
      engine.onDidChangeState(({ kind }) => {
        if (kind === 'crashed') resolved();
      });
    });
    process.kill(engine.state.pid, 'SIGKILL');
    await crashed;
    assert.match(lines.join('\n'), /SIGKILL/);
    assert.notEqual((await engine.start()).address, address);
  });

  it('stops, and is gone', async () => {
    await engine.start();
    assert.ok(engine.state.kind === 'ready');
    const { pid } = engine.state;
    await engine.stop();
    assert.equal(engine.state.kind, 'stopped');
    assert.throws(() => process.kill(pid, 0));
  });

  it('says why an engine does not start', async () => {
    const broken = create(resolve(__dirname, 'nothing-here.js'));
    await assert.rejects(broken.start(), (error: EngineError) => error.reason === 'start-failed');
    assert.equal(broken.state.kind, 'crashed');
  });

  it('ends when its parent is killed', async () => {
    const script = resolve('.cache/bundles/engineParent.js');
    await writeFile(
      script,
      `const { spawn } = require('node:child_process');
       const child = spawn(process.execPath, [process.argv[2], '--child'], { stdio: ['pipe', 'pipe', 'inherit'] });
       child.stdin.write(${JSON.stringify(JSON.stringify({ token: 't', settings: defaultFetchSettings }))} + '\\n');
       child.stdout.once('data', () => console.log(child.pid));
       setInterval(() => undefined, 1000);`,
    );
    const parent = spawn(process.execPath, [script, enginePath], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = createInterface({ input: parent.stdout });
    const [pid] = (await once(output, 'line')) as [string];
    // The engine holds our end of this pipe too, by inheriting standard error; its own exit is what we wait for.
    parent.kill('SIGKILL');
    await gone(Number(pid));
  });
});

/** Waits until no process has the id: there is no event for the end of somebody else's child. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolved) => setImmediate(resolved));
  }
}
