import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';

const source = resolve(__dirname, '../src');

/** What each room may import of the others; `extension.ts` may import all. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  protocol: [],
  client: ['base', 'protocol'],
  engine: ['base', 'protocol'],
  store: ['base', 'protocol'],
  export: ['base', 'protocol', 'store'],
  panel: ['store/records', 'protocol'],
  webview: ['panel', 'store/records', 'protocol'],
  // Of the engine only what it and its parent tell each other.
  app: ['base', 'protocol', 'client', 'store', 'export', 'engine/readyLine', 'engine/fetchSettings'],
  cli: ['base', 'protocol', 'client', 'store', 'export', 'app', 'engine/fetchSettings'],
  vscode: ['base', 'protocol', 'client', 'store', 'export', 'panel', 'app'],
};

/** Packages and built-ins with one door, or one for each side. */
const doors: Record<string, readonly string[]> = {
  ws: ['client/', 'engine/'],
  'node:sqlite': ['store/'],
  'node:child_process': ['app/', 'engine/render/browserProcess'],
  'node:worker_threads': ['store/', 'engine/'],
};

interface Import {
  from: string;
  target: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join(posix.sep))
  .filter((file) => file.endsWith('.ts'));

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(source, from), 'utf8');
  const found = [...text.matchAll(/(?:from|import|import\(|require\()\s*'([^']+)'/g)];
  return found.map(([, target = '']) => ({ from, target }));
});

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : '';
}

function breaches(isBreach: (imported: Import) => boolean): string[] {
  return imports.filter(isBreach).map(({ from, target }) => `${from} imports ${target}`);
}

describe('architecture', () => {
  it('is read whole: every room is known and has imports to judge', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== ''));
    assert.deepEqual([...rooms].sort(), Object.keys(mayImport).sort());
    assert.ok(imports.length > 100, `only ${imports.length} imports were found`);
  });

  it('lets imports run in one direction', () => {
    const wrong = breaches(({ from, target }) => {
      if (!target.startsWith('.') || roomOf(from) === '') return false;
      const imported = relative(source, resolve(source, dirname(from), target))
        .split(sep)
        .join(posix.sep);
      if (imported === '../package.json') return false;
      const room = roomOf(from);
      if (imported.startsWith(`${room}/`)) return false;
      return !(mayImport[room] ?? []).some(
        (allowed) => imported === allowed || imported.startsWith(`${allowed}/`),
      );
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps the editor out of the core', () => {
    assert.deepEqual(
      breaches(
        ({ from, target }) => target === 'vscode' && !from.startsWith('vscode/') && from !== 'extension.ts',
      ),
      [],
    );
  });

  it('gives the webview neither Node nor packages', () => {
    assert.deepEqual(
      breaches(({ from, target }) => from.startsWith('webview/') && !target.startsWith('.')),
      [],
    );
  });

  for (const [target, rooms] of Object.entries(doors)) {
    it(`imports ${target} only behind its doors`, () => {
      assert.deepEqual(
        breaches(
          (imported) => imported.target === target && !rooms.some((room) => imported.from.startsWith(room)),
        ),
        [],
      );
    });
  }

  it('loads node:sqlite in one file, and ws in one file of the client', () => {
    const users = (target: string, room: string): string[] => [
      ...new Set(
        imports
          .filter((imported) => imported.target === target && imported.from.startsWith(room))
          .map(({ from }) => from),
      ),
    ];
    assert.equal(users('node:sqlite', 'store/').length, 1);
    assert.equal(users('ws', 'client/').length, 1);
  });
});
