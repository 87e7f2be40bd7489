import assert from 'node:assert/strict';
import { chunkDocument, chunkingOf } from '../../../src/engine/extract/chunk/chunkDocument';
import { emptyDocument } from '../../../src/engine/extract/emptyDocument';
import type { ChunkingConfig, ExtractedDocument } from '../../../src/protocol/messages';

const sentence = (subject: string, at: number) => `The ${subject} number ${at} stands in the hall today.`;
const paragraph = (subject: string) => Array.from({ length: 12 }, (_, at) => sentence(subject, at)).join(' ');
const text = [paragraph('violin'), paragraph('glacier'), paragraph('parliament')].join('\n\n');

function chunked(config: Partial<ChunkingConfig>, more: Partial<ExtractedDocument> = { text }) {
  const document = { ...emptyDocument('https://example.com/'), ...more };
  return chunkDocument(document, {
    chunking_mode: 'sliding',
    chunk_size: 60,
    overlap_size: 0,
    min_chunk_size: 1,
    ...config,
  });
}

/** What of `source` no chunk holds, white space aside. */
function missing(source: string, chunks: readonly { start: number; end: number }[]): string {
  const isHeld = new Uint8Array(source.length);
  for (const { start, end } of chunks) isHeld.fill(1, start, end);
  return Array.from(source)
    .filter((sign, at) => isHeld[at] === 0 && /\S/.test(sign))
    .join('');
}

describe('chunks of a document', () => {
  for (const mode of ['topic', 'sliding', 'fixed', 'sentence'] as const) {
    it(`hold all of the text, in order and within their size, by ${mode}`, () => {
      const chunks = chunked({ chunking_mode: mode });
      assert.ok(chunks.length > 5);
      assert.equal(missing(text, chunks), '');
      for (const { text: held, start, end, token_count: tokens } of chunks) {
        assert.equal(held, text.slice(start, end));
        assert.ok(tokens <= 60, `${tokens}`);
        assert.match(held, /^The .*today\.$/s, 'whole sentences');
      }
      assert.deepEqual(
        chunks.map(({ start }) => start),
        chunks.map(({ start }) => start).sort((a, b) => a - b),
      );
    });
  }

  it('overlap where asked, never by more than half', () => {
    for (const [wanted, most] of [
      [20, 20],
      [1000, 30],
    ] as const) {
      const chunks = chunked({ overlap_size: wanted, preserve_sentences: false });
      for (const [at, { start }] of chunks.slice(1).entries()) {
        const before = chunks[at]!;
        assert.ok(start < before.end, 'overlaps');
        const shared = chunked({ chunk_size: 1000 }, { text: text.slice(start, before.end) })[0]!.token_count;
        assert.ok(shared <= most, `${shared}`);
      }
    }
    const fixed = chunked({ chunking_mode: 'fixed', overlap_size: 20 });
    assert.ok(fixed.slice(1).every(({ start }, at) => start >= fixed[at]!.end));
  });

  it('join a last piece that is too small', () => {
    const last = chunked({ chunk_size: 60, min_chunk_size: 50 }).at(-1)!;
    assert.ok(last.token_count >= 50);
  });

  it('part where the subject changes', () => {
    const chunks = chunked({ chunking_mode: 'topic', chunk_size: 1000, min_chunk_size: 40 });
    assert.equal(chunks.length, 3);
    assert.deepEqual(
      chunks.map((chunk) => /violin|glacier|parliament/.exec(chunk.text)?.[0]),
      ['violin', 'glacier', 'parliament'],
    );
  });

  it('keep code and headings together by html-aware', () => {
    const code = '```js\nfirst();\n\n# no heading\nsecond();\n```';
    const markdown = `# Guide\n\nIntroduction of it.\n\n## Install\n\n${code}\n\n## Use\n\n${paragraph('tool')}`;
    const chunks = chunked({ chunking_mode: 'html-aware', min_chunk_size: 1 }, { markdown });
    assert.equal(missing(markdown, chunks), '');
    const install = chunks.find((chunk) => chunk.text.includes('first'))!;
    assert.ok(install.text.startsWith('## Install') && install.text.includes(code));
    assert.deepEqual(install.headings, ['Guide', 'Install']);
    assert.deepEqual(chunks.at(-1)!.headings, ['Guide', 'Use']);
  });

  it('cut what has neither words nor sentences', () => {
    const endless = chunked({ chunking_mode: 'sentence', chunk_size: 20 }, { text: 'x'.repeat(2000) });
    assert.equal(endless.length, 25);
    const chinese = chunked(
      { chunking_mode: 'sentence', chunk_size: 20 },
      { text: '今天天气很好。'.repeat(20) },
    );
    assert.ok(chinese.length >= 10 && chinese.every((chunk) => chunk.text.endsWith('。')));
    assert.deepEqual(chunked({}, { text: '' }), []);
  });

  it('are made when a crawl asks for them, by the sizes it names', () => {
    assert.equal(chunkingOf({}), null);
    assert.deepEqual(chunkingOf({ output_format: 'Chunked', token_chunk_max: 300, token_overlap: 30 }), {
      chunking_mode: 'html-aware',
      chunk_size: 300,
      overlap_size: 30,
      min_chunk_size: 16,
    });
  });
});
