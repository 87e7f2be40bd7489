import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { buildCommands, type BuiltCommands } from '../support/builtCommands';
import { startEngine } from '../support/builtEngine';
import { FakeRipTide } from '../support/fakeRipTide';
import { startLocalSite, type LocalSite } from '../support/localSite';

interface Line {
  index: number;
  url: string;
  outcome: string;
  error_type: string | null;
  document: { title: string; markdown: string } | null;
}

interface Run {
  code: number | null;
  lines: Line[];
  notes: string;
}

describe('riptide crawl', function () {
  this.timeout(30_000);
  let commands: BuiltCommands;
  let site: LocalSite;
  let folder: string;
  const children: ChildProcess[] = [];

  before(async () => {
    commands = await buildCommands();
  });
  after(() => commands.remove());
  beforeEach(async () => {
    site = await startLocalSite();
    folder = await mkdtemp(join(tmpdir(), 'riptide-cli-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await site.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [commands.riptide, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  async function end(child: ReturnType<typeof start>): Promise<Run> {
    child.stdin.on('error', () => undefined).end();
    const [output, notes] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const lines = output.split('\n').filter((line) => line !== '');
    return { code: child.exitCode, lines: lines.map((line) => JSON.parse(line) as Line), notes };
  }

  function run(args: string[], environment?: NodeJS.ProcessEnv): Promise<Run> {
    return end(start(args, environment));
  }

  it('writes a line for each page, and ends with 0 when all succeeded', async () => {
    const urls = site.pageUrls(3);
    const { code, lines, notes } = await run(['crawl', ...urls]);
    assert.equal(notes, '3 URLs: 3 succeeded, 0 failed, 0 skipped, 0 outstanding\n');
    assert.equal(code, 0);
    assert.deepEqual(lines.map(({ url }) => url).sort(), urls);
    for (const { document, outcome } of lines) {
      assert.equal(outcome, 'succeeded');
      assert.match(document?.markdown ?? '', /the tide turns twice a day/);
    }
  });

  it('ends with 1 when a page failed, and names why', async () => {
    const { code, lines } = await run(['crawl', ...site.pageUrls(1), site.missingUrl, 'no-url', '--quiet']);
    assert.equal(code, 1);
    assert.deepEqual(
      lines.sort((one, other) => one.index - other.index).map(({ outcome }) => outcome),
      ['succeeded', 'failed', 'skipped'],
    );
    assert.equal(lines[1]?.error_type, 'http-404');
  });

  it('reads a list from a file and from standard input', async () => {
    const [first = '', second = '', third = ''] = site.pageUrls(3);
    const list = join(folder, 'list.txt');
    await writeFile(list, `${second}\n\n${third}\n`);
    assert.equal((await run(['crawl', first, '--file', list])).lines.length, 3);
    const child = start(['crawl', '--file', '-']);
    child.stdin.write(`${first}\n${second}`);
    assert.equal((await end(child)).lines.length, 2);
    const missing = await run(['crawl', '--file', join(folder, 'none.txt')]);
    assert.equal(missing.code, 2);
    assert.match(missing.notes, /none\.txt cannot be read/);
  });

  it('writes Markdown files with front matter, and an index of all URLs', async () => {
    const out = join(folder, 'pages');
    const [url = ''] = site.pageUrls(1);
    const { code, lines } = await run(['crawl', url, site.missingUrl, '--format', 'markdown', '--out', out]);
    assert.equal(code, 1);
    assert.deepEqual(lines, []);
    const index = await readFile(join(out, 'index.md'), 'utf8');
    const [, file = ''] = /^1\. \[Guide 1 to the tides\]\(<(.+)>\)/m.exec(index) ?? [];
    assert.match(index, /^2\. .*\*\*failed\*\*/m);
    assert.match(index, /2 URLs: 1 succeeded, 1 failed/);
    const page = await readFile(join(out, ...file.split('/').map(decodeURIComponent)), 'utf8');
    const [, facts = '', body = ''] = /^---\n(.*?)---\n(.*)$/s.exec(page) ?? [];
    assert.equal((parse(facts) as { title: string }).title, 'Guide 1 to the tides');
    assert.match(body, /plans the way there/);

    const again = await run(['crawl', url, '--format', 'markdown', '--out', out]);
    assert.equal(again.code, 3);
    assert.match(again.notes, /is not empty/);
  });

  it('writes NDJSON into a folder as well', async () => {
    const out = join(folder, 'lines');
    assert.equal((await run(['crawl', ...site.pageUrls(2), '--out', out])).code, 0);
    const lines = await readFile(join(out, 'pages.ndjson'), 'utf8');
    assert.equal(lines.trimEnd().split('\n').length, 2);
  });

  it('crawls by another server, with the key from its environment', async () => {
    const engine = await startEngine();
    try {
      const { code, lines } = await run(['crawl', ...site.pageUrls(2), '--server', engine.address]);
      assert.equal(code, 0);
      assert.equal(lines.length, 2);
    } finally {
      await engine.stop();
    }
    const server = await FakeRipTide.start();
    try {
      const args = ['crawl', 'https://site.example/', '--server', server.address];
      assert.equal((await run(args, { RIPTIDE_API_KEY: 'from-outside' })).code, 0);
      assert.equal(server.peers[0]?.headers['x-api-key'], 'from-outside');
    } finally {
      await server.stop();
    }
  });

  it('ends with 3 and the reason when the server cannot be used', async () => {
    const { code, lines, notes } = await run(['crawl', 'ftp://x', '--server', 'gopher://host.example']);
    assert.equal(code, 3, notes);
    assert.deepEqual(lines, []);
    const socket = await FakeRipTide.start({
      onUpgrade: (each) => each.end('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'),
    });
    try {
      const refused = await run(['crawl', 'https://site.example/', '--server', socket.address]);
      assert.equal(refused.code, 3);
      assert.deepEqual(
        refused.lines.map(({ outcome }) => outcome),
        ['outstanding'],
      );
      assert.match(refused.notes, /1 outstanding\nriptide: .*401/s);
    } finally {
      await socket.stop();
    }
  });

  it('ends with 3 when half of the pages fail, keeps what came, and says how to go on', async () => {
    const urls = Array.from({ length: 30 }, (_, index) => `${site.missingUrl}/${index}`);
    const { code, lines, notes } = await run(['crawl', ...urls, '--concurrency', '1', '--delay', '0']);
    assert.equal(code, 3, notes);
    assert.equal(lines.length, 30);
    const left = lines.filter(({ outcome }) => outcome === 'outstanding').length;
    assert.ok(left > 0, notes);
    assert.match(notes, /pages failed.*has ended.*outstanding.*riptide crawl --file/s);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops at a ${signal}: keeps what came, lists the rest, leaves no engine behind`, async () => {
      const [first = ''] = site.pageUrls(1);
      const child = start(['crawl', first, site.silentUrl]);
      const ending = end(child);
      await once(child.stdout, 'data');
      child.kill(signal);
      const { code, lines, notes } = await ending;
      assert.equal(code, 130);
      assert.deepEqual(
        lines.map(({ url, outcome }) => [url, outcome]),
        [
          [first, 'succeeded'],
          [site.silentUrl, 'outstanding'],
        ],
      );
      assert.equal(notes, '2 URLs: 1 succeeded, 0 failed, 0 skipped, 1 outstanding\n');
    });
  }

  it('crawls a site as far as it is told, and tells what it left out', async () => {
    const [first = ''] = site.pageUrls(1);
    const { code, lines, notes } = await run(['crawl', first, '--site', '--depth', '2']);
    assert.equal(notes, '4 URLs: 3 succeeded, 0 failed, 1 skipped, 0 outstanding\n');
    assert.equal(code, 0);
    assert.deepEqual(
      lines.sort((one, other) => one.index - other.index).map(({ url, outcome }) => [url, outcome]),
      site.pageUrls(4).map((url, at) => [url, at < 3 ? 'succeeded' : 'skipped']),
    );
  });

  it('writes a site into a folder of Markdown', async () => {
    const out = join(folder, 'site');
    const [first = ''] = site.pageUrls(1);
    const args = ['crawl', first, '--site', '--max-pages', '3', '--format', 'markdown', '--out', out];
    const { code, lines } = await run(args);
    assert.equal(code, 0);
    assert.deepEqual(lines, []);
    const index = await readFile(join(out, 'index.md'), 'utf8');
    const files = [...index.matchAll(/^\d+\. \[Guide (\d) to the tides\]\(<(.+)>\)/gm)];
    assert.deepEqual(
      files.map(([, number]) => number),
      ['1', '2', '3'],
    );
    for (const [, number = '', file = ''] of files) {
      const page = await readFile(join(out, ...file.split('/').map(decodeURIComponent)), 'utf8');
      assert.match(page, new RegExp(`Guide ${number}, part 1: the tide turns`));
    }
  });

  it('stops in the middle of a site with an account of every URL', async () => {
    const [first = ''] = site.pageUrls(1);
    const child = start(['crawl', first, site.silentUrl, '--site', '--depth', '1']);
    const ending = end(child);
    await Promise.all([once(child.stdout, 'data'), site.whenRequested('/silent', 1)]);
    child.kill('SIGINT');
    const { code, lines, notes } = await ending;
    assert.equal(code, 130);
    const count = (wanted: string): number => lines.filter(({ outcome }) => outcome === wanted).length;
    assert.equal(
      notes,
      `${lines.length} URLs: ${count('succeeded')} succeeded, 0 failed, ` +
        `${count('skipped')} skipped, ${count('outstanding')} outstanding\n`,
    );
    const outcomes = new Map(lines.map(({ url, outcome }) => [url, outcome]));
    assert.equal(outcomes.size, lines.length);
    assert.equal(outcomes.get(first), 'succeeded');
    assert.equal(outcomes.get(site.silentUrl), 'outstanding');
  });

  it('stops when nobody reads its output any more', async () => {
    const urls = site.pageUrls(40);
    const child = start(['crawl', ...urls]);
    child.stdin.end();
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const notes = await text(child.stderr);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 130);
    assert.doesNotMatch(notes, /EPIPE|Error/);
  });

  it('explains itself', async () => {
    for (const [args, code] of [
      [['--help'], 0],
      [['--version'], 0],
      [['crawl'], 2],
    ] as const) {
      assert.equal((await run([...args]).catch((error: unknown) => ({ code: helpCode(error) }))).code, code);
    }
  });
});

/** Help is no NDJSON, so that reading its lines fails; the process was fine. */
function helpCode(error: unknown): number {
  return error instanceof SyntaxError ? 0 : -1;
}
