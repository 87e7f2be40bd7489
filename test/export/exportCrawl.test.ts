import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { exportCrawl, type Exported, type ExportFormat } from '../../src/export/exportCrawl';
import { ExportError, toExportError } from '../../src/export/exportError';
import type { StoredPage } from '../../src/store/records';
import { StoreFolder } from '../support/openStore';
import { failedResult, pageResult } from '../support/pageResults';
import { crawlOf, failedPage, outstandingPage, skippedPage, succeededPage } from '../support/storedPages';

const formats: readonly ExportFormat[] = ['json', 'ndjson', 'csv', 'markdown'];
const hostileTitle =
  '=cmd|\' /C calc\'!A1", "x"\r\n---\nadmin: true\n# \u2028\u0085\u0000\ufeff\ud800 日本語 🦀';

const pages: readonly StoredPage[] = [
  succeededPage(0, 'https://one.test/', { title: hostileTitle, byline: '@me', published_iso: '2026-01-01' }),
  failedPage(1, 'https://one.test/gone', '-refused, "really"\nby [x](command:evil)'),
  skippedPage(2, 'https://two.test/private', 'robots.txt forbids it'),
  outstandingPage(3, 'https://two.test/late'),
  succeededPage(4, 'https://one.test/?', { title: 'no', text: 'T', markdown: null, language: 'no' }),
  succeededPage(5, 'https://one.test/Index'),
  succeededPage(6, 'https://one.test/index-6'),
  succeededPage(7, 'https://one.test/'),
];

describe('exportCrawl', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'riptide-export-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function* stream(
    source: readonly StoredPage[],
    onRead?: (page: StoredPage) => void,
  ): AsyncGenerator<StoredPage> {
    for (const page of source) {
      await Promise.resolve();
      onRead?.(page);
      yield page;
    }
  }

  function write(
    format: ExportFormat,
    changes: Partial<Parameters<typeof exportCrawl>[0]> = {},
  ): Promise<Exported> {
    return exportCrawl({
      ...{ crawl: crawlOf(pages), pages: stream(pages), format, path: join(folder, 'out') },
      ...{ signal: new AbortController().signal, onProgress: () => undefined },
      ...changes,
    });
  }

  function readOut(...path: string[]): Promise<string> {
    return readFile(join(folder, 'out', ...path), 'utf8');
  }

  it('writes one JSON document', async () => {
    assert.deepEqual(await write('json'), { pages: 8, files: 1 });
    const read = JSON.parse(await readOut()) as { crawl: object; pages: Record<string, unknown>[] };
    assert.deepEqual(read.crawl, {
      id: 'a',
      title: 'A crawl',
      server: 'built-in',
      site: null,
      started_at: '2026-01-02T03:04:04.000Z',
      state: 'cancelled',
      ended_at: '2026-01-02T03:04:05.000Z',
      failure: null,
      counts: { asked: 8, succeeded: 5, failed: 1, skipped: 1, outstanding: 1 },
    });
    assert.deepEqual(
      read.pages.map(({ index, url, outcome, document }) => ({ index, url, outcome, document })),
      pages.map(({ index, url, outcome, document }) => ({ index, url, outcome: outcome.kind, document })),
    );
    assert.deepEqual(
      read.pages.slice(1, 4).map(({ error_type, reason, retryable }) => [error_type, reason, retryable]),
      [
        ['refused', '-refused, "really"\nby [x](command:evil)', true],
        [null, 'robots.txt forbids it', null],
        [null, 'No result had arrived when this was exported', null],
      ],
    );
  });

  it('writes valid JSON for a crawl without pages', async () => {
    await write('json', { pages: stream([]), crawl: crawlOf([]) });
    assert.deepEqual((JSON.parse(await readOut()) as { pages: unknown }).pages, []);
  });

  it('writes the same pages as NDJSON, a line each', async () => {
    await write('json', { path: join(folder, 'whole') });
    await write('ndjson');
    const lines = (await readOut()).trimEnd().split('\n');
    const whole = JSON.parse(await readFile(join(folder, 'whole'), 'utf8')) as { pages: unknown };
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      whole.pages,
    );
  });

  it('writes a table that a spreadsheet reads and does not run', async () => {
    await write('csv');
    const text = await readOut();
    assert.ok(text.startsWith('\ufeffindex,url,host,outcome,') && text.endsWith('\r\n'));
    const rows = parseCsv<Record<string, string>>(text, {
      bom: true,
      columns: true,
      record_delimiter: '\r\n',
    });
    assert.deepEqual(
      rows.map(({ index, url, outcome }) => [Number(index), url, outcome]),
      pages.map(({ index, url, outcome }) => [index, url, outcome.kind]),
    );
    assert.equal(rows[0]?.title, `'${hostileTitle.replace('\ud800', '\ufffd')}`);
    assert.equal(rows[0].byline, "'@me");
    assert.equal(rows[0].finished_at, '2026-01-02T03:04:05.000Z');
    assert.equal(rows[1]?.reason, '\'-refused, "really"\nby [x](command:evil)');
    assert.equal(rows[2]?.reason, 'robots.txt forbids it');
    assert.deepEqual(
      [rows[2].skip_rule, rows[2].depth, rows[2].found_on],
      ['robots', '1', 'https://one.test/'],
    );
    for (const row of rows) {
      for (const cell of Object.values(row)) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
    }
  });

  it('writes a folder with a file for each page and an index of every URL', async () => {
    assert.deepEqual(await write('markdown'), { pages: 8, files: 6 });
    const files = (await readdir(join(folder, 'out', 'one.test'))).sort();
    assert.deepEqual(files, ['index-5.md', 'index-6.md', 'index-6-7.md', 'index-8.md', 'index.md'].sort());

    const [, head = '', body] =
      /^---\n(.*?)\n---\n([^]*)$/s.exec(await readOut('one.test', 'index.md')) ?? [];
    assert.deepEqual(parseYaml(head), {
      title: hostileTitle.replace('\ud800', '\ufffd'),
      url: 'https://one.test/',
      requested_url: 'https://one.test/',
      status: 200,
      fetched_at: '2026-01-02T03:04:05.000Z',
      byline: '@me',
      published: '2026-01-01',
      language: 'en',
      word_count: 3,
      reading_minutes: 1,
      quality: 80,
    });
    assert.equal(body, '\n# Markdown of https://one.test/\n');
    assert.match(await readOut('one.test', 'index-5.md'), /^language: "no"$/m);
    assert.match(await readOut('one.test', 'index-5.md'), /\n---\n\nT\n$/);

    const index = (await readOut('index.md')).split('\n').filter((line) => /^\d+\. /.test(line));
    assert.equal(index.length, pages.length);
    for (const line of index) {
      const target = /\]\(<([^>]*)>\)/.exec(line)?.[1];
      if (target !== undefined) await readOut(...decodeURI(target).split(posix.sep));
    }
    assert.match(
      index[1] ?? '',
      /^2\. https:.*\*\*failed\*\* \(refused\), -refused, "really" by \\\[x\\\]\\\(command/,
    );
    assert.match(index[2] ?? '', /\*\*skipped\*\* \(robots\), robots\.txt forbids it$/);
    assert.match(index[3] ?? '', /\*\*outstanding\*\*/);
  });

  it('gives the same names every time', async () => {
    await write('markdown');
    await write('markdown', { path: join(folder, 'again') });
    assert.deepEqual(
      (await readdir(join(folder, 'out'), { recursive: true })).sort(),
      (await readdir(join(folder, 'again'), { recursive: true })).sort(),
    );
  });

  it('writes Markdown into an empty folder, and into no other', async () => {
    await mkdir(join(folder, 'out'));
    await write('markdown');
    const before = await readdir(join(folder, 'out'), { recursive: true });
    await assert.rejects(write('markdown'), {
      name: 'ExportError',
      reason: 'not-empty',
      message: /out is not empty/,
    });
    assert.deepEqual(await readdir(join(folder, 'out'), { recursive: true }), before);
  });

  for (const format of formats) {
    it(`reports progress and takes pages no faster than it writes them: ${format}`, async () => {
      const reached: number[] = [];
      let furthestAhead = 0;
      const many = Array.from({ length: 200 }, (_, index) =>
        succeededPage(index, `https://one.test/${index}`),
      );
      const source = stream(
        many,
        ({ index }) => (furthestAhead = Math.max(furthestAhead, index - reached.length)),
      );
      await write(format, { pages: source, onProgress: (done) => reached.push(done) });
      assert.deepEqual(
        reached,
        many.map((_, index) => index + 1),
      );
      assert.equal(furthestAhead, 0);
    });

    it(`leaves nothing when cancelled: ${format}`, async () => {
      const abort = new AbortController();
      if (format !== 'markdown') await mkdir(join(folder, 'new'));
      const done = write(format, {
        path: join(folder, 'new', 'out'),
        signal: abort.signal,
        onProgress: (count) => count === 3 && abort.abort(),
      });
      await assert.rejects(done, { name: 'ExportError', reason: 'cancelled' });
      assert.deepEqual(
        (await readdir(folder, { recursive: true })).filter((name) => name !== 'new'),
        [],
      );
    });

    it(`leaves what was there when the pages cannot be read: ${format}`, async () => {
      if (format === 'markdown') await mkdir(join(folder, 'out'));
      else await writeFile(join(folder, 'out'), 'before');
      const broken = stream(pages, ({ index }) => {
        if (index === 4) throw new Error('the store is gone');
      });
      await assert.rejects(write(format, { pages: broken }), {
        reason: 'failed',
        message: /out.*the store is gone/,
      });
      assert.deepEqual(await readdir(folder, { recursive: true }), ['out']);
      if (format !== 'markdown') assert.equal(await readOut(), 'before');
    });

    it(`exports what the store holds: ${format}`, async () => {
      const stored = await StoreFolder.create();
      try {
        const store = await stored.open();
        const urls = Array.from({ length: 300 }, (_, index) => `https://one.test/${index}`);
        await store.createCrawl({ id: 'a', title: 'Real', server: 'built-in', startedAtMs: 1, urls });
        await Promise.all(
          urls
            .slice(0, 299)
            .map((url, index) =>
              store.addResult('a', index % 3 === 0 ? failedResult(index, url) : pageResult(index, url)),
            ),
        );
        const crawl = await store.endCrawl('a', { kind: 'cancelled', endedAtMs: 2 });
        const exported = await write(format, { crawl, pages: store.readPages('a') });
        assert.deepEqual(exported, { pages: 300, files: format === 'markdown' ? 200 : 1 });
        const text = format === 'markdown' ? await readOut('index.md') : await readOut();
        for (const url of urls) assert.ok(text.includes(url), url);
      } finally {
        await stored.dispose();
      }
    });
  }

  it('says why a place cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(write('json', { path: join(folder, 'file', 'out') }), {
      name: 'ExportError',
      reason: 'failed',
      message: /file/,
    });
    await assert.rejects(write('json', { path: folder }), ExportError);
    const withCode = (code: string): Error => Object.assign(new Error(code), { code });
    assert.equal(toExportError(withCode('ENOSPC'), 'x').reason, 'no-space');
    assert.equal(toExportError(withCode('EACCES'), 'x').reason, 'no-permission');
    assert.match(toExportError(withCode('EROFS'), 'some/file').message, /^some\/file cannot be written/);
  });
});
