import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedInstall } from './cachedInstall';

describe('cachedInstall', () => {
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'riptide-cache-'));
  });

  afterEach(() => rm(cache, { recursive: true }));

  it('installs once', async () => {
    const first = await cachedInstall('thing-1', (dir) => writeFile(join(dir, 'made'), 'first'), cache);
    const second = await cachedInstall('thing-1', () => assert.fail('It was there already.'), cache);
    assert.equal(second, first);
    assert.equal(await readFile(join(second, 'made'), 'utf8'), 'first');
  });

  it('leaves nothing behind when the installation fails, so that the next try starts afresh', async () => {
    const failing = cachedInstall(
      'thing-1',
      async (dir) => {
        await writeFile(join(dir, 'made'), 'half');
        throw new Error('The network went away.');
      },
      cache,
    );
    await assert.rejects(failing, /network went away/);
    assert.deepEqual(await readdir(cache), []);
  });

  it('shows the folder under its name only when it is complete', async () => {
    await cachedInstall(
      'thing-1',
      async (dir) => {
        await writeFile(join(dir, 'made'), 'half');
        assert.equal(existsSync(join(cache, 'thing-1')), false);
      },
      cache,
    );
    assert.deepEqual(await readdir(cache), ['thing-1']);
  });

  it('takes what another run has installed in the meantime', async () => {
    const dir = await cachedInstall(
      'thing-1',
      async (slowDir) => {
        await cachedInstall('thing-1', (quickDir) => writeFile(join(quickDir, 'made'), 'quick'), cache);
        await writeFile(join(slowDir, 'made'), 'slow');
      },
      cache,
    );
    assert.equal(await readFile(join(dir, 'made'), 'utf8'), 'quick');
    assert.deepEqual(await readdir(cache), ['thing-1']);
  });
});
