import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CrawlStore } from '../../src/store/crawlStore';
import { Database } from '../../src/store/database';
import { bundleWorker } from '../support/bundle';
import { StoreFolder, storeWorkerEntry } from '../support/openStore';
import { documentOf, pageResult } from '../support/pageResults';

describe('CrawlStore on a shared or damaged file', () => {
  let folder: StoreFolder;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await StoreFolder.create();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await folder.dispose();
  });

  /** Starts a process that has the same file open; returns it with the first thing it says. */
  async function startChild(...execArgv: string[]): Promise<{ child: ChildProcess; said: unknown }> {
    const [script, worker] = await Promise.all([
      bundleWorker('test/store/storeProcess.ts'),
      bundleWorker(storeWorkerEntry),
    ]);
    const child = fork(script, [folder.databasePath, worker], { execArgv });
    children.push(child);
    const [said] = (await once(child, 'message')) as [unknown];
    return { child, said };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  it('has all but the last moment after a kill, and says that the crawl was interrupted', async () => {
    const { child, said } = await startChild();
    assert.equal(said, 'added');
    await kill(child);

    const store = await folder.open();
    const crawl = (await store.readCrawl('child'))!;
    assert.deepEqual(crawl.state, { kind: 'interrupted' });
    const succeeded: number[] = [];
    for await (const { index, url, outcome, document } of store.readPages('child')) {
      assert.deepEqual(document, outcome.kind === 'succeeded' ? documentOf(url) : null);
      if (outcome.kind === 'succeeded') succeeded.push(index);
    }
    assert.ok(succeeded.length >= 230);
    assert.deepEqual(
      succeeded,
      succeeded.map((_, at) => at),
    );
    assert.equal(crawl.counts.succeeded, succeeded.length);
    assert.equal(crawl.counts.outstanding, 400 - succeeded.length);
    await store.close();
    assert.deepEqual(await readdir(dirname(folder.databasePath)), ['crawls.db']);
  });

  it('leaves a crawl alone that runs in another window, until that window is gone', async () => {
    const { child } = await startChild();
    const store = await folder.open();
    await store.createCrawl({ id: 'own', title: '', server: '', startedAtMs: 2, urls: [] });
    const beside = await folder.open();
    assert.deepEqual(
      (await beside.listCrawls()).map(({ id, state }) => [id, state.kind]),
      [
        ['own', 'running'],
        ['child', 'running'],
      ],
    );
    await kill(child);
    const later = await folder.open();
    assert.deepEqual(
      (await later.listCrawls()).map(({ id, state }) => [id, state.kind]),
      [
        ['own', 'running'],
        ['child', 'interrupted'],
      ],
    );
  });

  it('lets several windows start and write at the same time', async () => {
    const stores = await Promise.all([folder.open(), folder.open(), folder.open()]);
    const urls = Array.from({ length: 300 }, (_, index) => `https://one.test/${index}`);
    await Promise.all([
      startChild(),
      ...stores.map(async (store, number) => {
        const id = `crawl ${number}`;
        await store.createCrawl({ id, title: '', server: '', startedAtMs: number, urls });
        await Promise.all(urls.map((url, index) => store.addResult(id, pageResult(index, url))));
        await store.endCrawl(id, { kind: 'completed', endedAtMs: 9 });
      }),
    ]);
    const crawls = await stores[0].listCrawls();
    assert.equal(crawls.length, 4);
    for (const { id, counts } of crawls) {
      if (id !== 'child') assert.equal(counts.succeeded, 300, id);
    }
  });

  it('refuses the file of a later version and leaves it as it was', async () => {
    await (await folder.open()).close();
    const database = new Database(folder.databasePath);
    database.execute('PRAGMA user_version = 99');
    database.close();
    await assert.rejects(folder.open(), {
      name: 'StoreError',
      reason: 'newer-version',
      message: /crawls\.db was written by a later version.*update the extension/,
    });
    const again = new Database(folder.databasePath);
    assert.deepEqual({ ...(again.get('PRAGMA user_version') as object) }, { user_version: 99 });
    again.close();
  });

  it('refuses what is no database, by name, and does not touch it', async () => {
    const garbage = Buffer.alloc(9000, 'This is a letter, not a database. ');
    await mkdir(dirname(folder.databasePath), { recursive: true });
    await writeFile(folder.databasePath, garbage);
    await assert.rejects(folder.open(), { reason: 'corrupt', message: /crawls\.db is damaged/ });
    assert.deepEqual(await readFile(folder.databasePath), garbage);
  });

  it('reports damage inside the file when it meets it, and lives on', async () => {
    const first = await folder.open();
    const urls = Array.from({ length: 2000 }, (_, index) => `https://one.test/${index}`);
    await first.createCrawl({ id: 'a', title: '', server: '', startedAtMs: 1, urls });
    await first.close();
    const bytes = await readFile(folder.databasePath);
    // The first pages hold the schema and the roots; what is behind them is lost. Their size is at this place in the file.
    const pageBytes = bytes.readUInt16BE(16);
    await writeFile(folder.databasePath, bytes.fill(0xa5, 8 * pageBytes));
    const store = await folder.open();
    await assert.rejects(store.listPages({ crawlId: 'a', text: 'one', offset: 0, limit: 10 }), {
      reason: 'corrupt',
    });
    assert.equal((await store.readCrawl('a'))?.counts.asked, 2000);
  });

  it('says so where the runtime has no SQLite', async () => {
    const { said } = await startChild('--no-experimental-sqlite');
    assert.equal(said, 'unavailable');
  });

  it('says so where its thread cannot start', async () => {
    const opening = CrawlStore.open({
      path: folder.databasePath,
      workerPath: join(folder.path, 'missing.js'),
    });
    await assert.rejects(opening, { name: 'StoreError', reason: 'failed', message: /missing\.js/ });
  });

  it('says so where its folder cannot be made', async () => {
    await writeFile(dirname(folder.databasePath), 'a file where the folder should be');
    await assert.rejects(folder.open(), { name: 'StoreError', reason: 'failed', message: /storage.*EEXIST/ });
  });
});
