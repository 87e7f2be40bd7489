import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { ExtractPool } from '../../../src/engine/extract/extractPool';
import type { ExtractTask } from '../../../src/engine/extract/extractTask';
import { bundleWorker } from '../../support/bundle';
import { documentOf } from '../../support/readingPool';

function task(html: string, more: Partial<ExtractTask> = {}): ExtractTask {
  const body = new TextEncoder().encode(html);
  return {
    url: 'https://example.com/page',
    mediaType: 'text/html',
    charset: null,
    body,
    options: {},
    encoding: 'json',
    renderMs: null,
    wantsDirections: false,
    ...more,
  };
}

const failure = (reason: string) => (error: unknown) =>
  error instanceof CrawlFailure && error.reason === reason;

/** Of the threads of this process that wait for others, by how much. */
function niceThreads(): number[] {
  const folder = '/proc/self/task';
  return readdirSync(folder)
    .map((id) =>
      Number(
        readFileSync(join(folder, id, 'stat'), 'utf8')
          .split(') ')[1]
          ?.split(' ')[16],
      ),
    )
    .filter((nice) => nice > 0);
}

describe('ExtractPool', () => {
  let workerPath: string;
  let pool: ExtractPool;

  before(async () => {
    workerPath = await bundleWorker('src/engine/extract/extractWorker.ts');
  });
  beforeEach(() => {
    pool = new ExtractPool({ workerPath, size: 2, timeoutMs: 30_000 });
  });
  afterEach(() => pool.dispose());

  it('answers each of many pages with its own document', async () => {
    const pages = Array.from({ length: 20 }, (_, i) => `<title>Page ${i}</title><p>Text of page ${i}</p>`);
    const read = await Promise.all(pages.map((html) => pool.extract(task(html))));
    const documents = read.map(documentOf);
    assert.deepEqual(
      documents.map(({ text }) => text),
      pages.map((_, i) => `Text of page ${i}`),
    );
    assert.equal(documents[7]?.title, 'Page 7');
  });

  it('hands a large body over instead of copying it', async () => {
    const body = new TextEncoder().encode(`<p>x</p>${' '.repeat(1e6)}`).slice();
    await pool.extract(task('', { body }));
    assert.equal(body.byteLength, 0);
    const shared = Buffer.from('<p>small buffers share their memory</p>');
    const { text } = documentOf(await pool.extract(task('', { body: shared })));
    assert.equal(text, 'small buffers share their memory');
  });

  it('gives back the raw page alone when extraction is skipped', async () => {
    const html = '<title>T</title><p>x <a href="/y">y</a></p>';
    const document = documentOf(await pool.extract(task(html, { options: { skip_extraction: true } })));
    assert.equal(document.html, html);
    assert.deepEqual(
      [document.title, document.text, document.markdown, document.links],
      [null, '', null, []],
    );
  });

  it('fails a page that takes too long, and reads the next', async () => {
    const stuck = join(dirname(workerPath), 'stuck.js');
    writeFileSync(
      stuck,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', (task) => {
         // The condition stands outside: V8 of Node 24 never leaves a loop whose own condition calls endsWith.
         if (task.url.endsWith('stuck')) for (;;);
         parentPort.postMessage({ kind: 'read', page: { document: { url: task.url } } });
       });`,
    );
    const stuckPool = new ExtractPool({ workerPath: stuck, size: 1, timeoutMs: 3_000 });
    const bad = stuckPool.extract(task('', { url: 'https://example.com/stuck' }));
    const good = stuckPool.extract(task('', { url: 'https://example.com/good' }));
    await assert.rejects(bad, failure('extraction-timeout'));
    assert.equal((await good).document.url, 'https://example.com/good');
    await stuckPool.dispose();
  });

  it('gives other pages another thread while one takes long', async () => {
    const slow = join(dirname(workerPath), 'slow.js');
    writeFileSync(
      slow,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ url }) => {
         if (url.endsWith('slow')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
         parentPort.postMessage({ kind: 'read', page: { document: { url } } });
       });`,
    );
    const slowPool = new ExtractPool({ workerPath: slow, size: 1, timeoutMs: 60_000, patienceMs: 50 });
    const bad = assert.rejects(
      slowPool.extract(task('', { url: 'https://x.example/slow' })),
      failure('cancelled'),
    );
    // The first of these waits at the thread itself.
    const good = await Promise.all(
      [1, 2, 3].map((number) => slowPool.extract(task('', { url: `https://x.example/${number}` }))),
    );
    assert.equal(good[2]?.document.url, 'https://x.example/3');
    await slowPool.dispose();
    await bad;
  });

  it('reads large pages in threads of their own, to which the system gives less', async function () {
    if (process.platform !== 'linux') this.skip();
    const large = `<p>Large</p>${' '.repeat(1_100_000)}`;
    const stuckAtLarge = join(dirname(workerPath), 'stuckAtLarge.js');
    writeFileSync(
      stuckAtLarge,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ url, body }) => {
         if (body.length > 1000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
         parentPort.postMessage({ kind: 'read', page: { document: { url } } });
       });`,
    );
    const single = new ExtractPool({ workerPath: stuckAtLarge, size: 1, timeoutMs: 60_000 });
    // More than there are threads for.
    const unread = [1, 2, 3].map(() => assert.rejects(single.extract(task(large)), failure('cancelled')));
    assert.equal((await single.extract(task('<p>Small</p>'))).document.url, 'https://example.com/page');
    await single.dispose();
    await Promise.all(unread);

    await pool.extract(task('<p>Small</p>'));
    const before = niceThreads();
    assert.equal(documentOf(await pool.extract(task(large))).text, 'Large');
    assert.deepEqual(niceThreads(), [...before, 5]);
  });

  it('reads elsewhere what waited at a thread that ended', async () => {
    const ending = join(dirname(workerPath), 'ending.js');
    writeFileSync(
      ending,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ url }) => {
         if (url.endsWith('exit')) process.exit(1);
         parentPort.postMessage({ kind: 'read', page: { document: { url } } });
       });`,
    );
    const endingPool = new ExtractPool({ workerPath: ending, size: 1, timeoutMs: 60_000 });
    const bad = endingPool.extract(task('', { url: 'https://x.example/exit' }));
    const good = endingPool.extract(task('', { url: 'https://x.example/good' }));
    await assert.rejects(bad, failure('extraction-failed'));
    assert.equal((await good).document.url, 'https://x.example/good');
    await endingPool.dispose();
  });

  it('fails a page that takes all memory or ends its thread, and reads the next', async function () {
    // To fill half a gigabyte takes its time on a busy machine.
    this.timeout(120_000);
    const broken = join(dirname(workerPath), 'broken.js');
    writeFileSync(
      broken,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', (task) => {
         if (task.url.endsWith('memory')) for (const all = []; ; ) all.push(new Array(1e6).fill(0.5));
         if (task.url.endsWith('exit')) process.exit(1);
         if (task.url.endsWith('throw')) throw new Error('broke');
         parentPort.postMessage({ kind: 'read', page: { document: { url: task.url } } });
       });`,
    );
    const brokenPool = new ExtractPool({ workerPath: broken, size: 1, timeoutMs: 60_000 });
    for (const kind of ['memory', 'exit', 'throw']) {
      const bad = brokenPool.extract(task('', { url: `https://example.com/${kind}` }));
      await assert.rejects(bad, failure('extraction-failed'), kind);
    }
    assert.equal((await brokenPool.extract(task(''))).document.url, 'https://example.com/page');
    await brokenPool.dispose();
  });

  it('cancels what waits and what runs', async () => {
    const single = new ExtractPool({ workerPath, size: 1, timeoutMs: 30_000 });
    const controller = new AbortController();
    const running = single.extract(task(`<p>${'word '.repeat(500_000)}</p>`), controller.signal);
    const waiting = single.extract(task('<p>x</p>'), controller.signal);
    const other = single.extract(task('<p>other</p>'));
    controller.abort();
    await assert.rejects(running, failure('cancelled'));
    await assert.rejects(waiting, failure('cancelled'));
    await assert.rejects(single.extract(task('<p>y</p>'), controller.signal), failure('cancelled'));
    assert.equal(documentOf(await other).text, 'other');
    await single.dispose();
  });

  it('ends everything when disposed', async () => {
    const tasks = [1, 2, 3].map(() => assert.rejects(pool.extract(task('<p>x</p>')), failure('cancelled')));
    await pool.dispose();
    await Promise.all(tasks);
    await assert.rejects(pool.extract(task('<p>x</p>')), failure('cancelled'));
  });

  it('names what is wrong when the worker cannot start', async () => {
    const missing = new ExtractPool({ workerPath: join(dirname(workerPath), 'missing.js'), size: 1 });
    await assert.rejects(missing.extract(task('<p>x</p>')), failure('extraction-failed'));
    await missing.dispose();
  });
});
