import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTally } from './tally';

describe('readTally', () => {
  let dir: string;
  let file: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'riptide-tally-'));
    file = join(dir, 'tally.json');
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('counts what the suite counted', async () => {
    await writeFile(file, JSON.stringify({ passed: 3, failed: 2 }));
    assert.deepEqual(readTally(file, 2), { passed: 3, failed: 2 });
  });

  it('counts a suite that left no tally as failed', () => {
    assert.deepEqual(readTally(file, 0), { passed: 0, failed: 1 });
  });

  it('counts a suite without a test as failed', async () => {
    await writeFile(file, JSON.stringify({ passed: 0, failed: 0 }));
    assert.deepEqual(readTally(file, 0), { passed: 0, failed: 1 });
  });

  it('counts a suite that passed and then ended badly as failed', async () => {
    await writeFile(file, JSON.stringify({ passed: 3, failed: 0 }));
    assert.deepEqual(readTally(file, 1), { passed: 3, failed: 1 });
  });
});
