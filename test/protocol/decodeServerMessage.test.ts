import assert from 'node:assert/strict';
import { decodeServerMessage } from '../../src/protocol/decodeServerMessage';
import { ProtocolError } from '../../src/protocol/protocolError';

const timestamp = '2026-11-22T18:03:45.239192323+00:00';

/** One message of each type with every field set, as a server would write it. */
const samples: Record<string, Record<string, unknown>> = {
  welcome: {
    session_id: 's1',
    server_time: timestamp,
    protocol_version: '1.0',
    supported_operations: ['crawl', 'ping', 'status'],
    extensions: ['concurrent-requests'],
  },
  metadata: { total_urls: 2, session_id: 's1', timestamp, stream_type: 'crawl' },
  result: {
    index: 1,
    progress: { completed: 1, total: 2, success_rate: 0.5 },
    result: {
      url: 'https://site.example/ä?x=1',
      status: 200,
      from_cache: false,
      gate_decision: 'raw',
      quality_score: 0.8500000238418579,
      processing_time_ms: 120,
      cache_key: 'riptide:v1:read_through:abc',
      truncated: true,
      error: { error_type: 'processing_error', message: 'Failed to process URL', retryable: true },
      document: {
        url: 'https://site.example/ä',
        title: 'A title',
        text: 'text',
        markdown: '# A title',
        byline: 'A. Author',
        published_iso: timestamp,
        language: 'en',
        site_name: 'Site',
        description: 'About',
        links: ['https://site.example/b'],
        media: ['https://site.example/c.png'],
        categories: ['one'],
        quality_score: 80,
        reading_time: 1,
        word_count: 2,
        html: '<p>text</p>',
        parser_metadata: {
          parser_used: 'native',
          confidence_score: 0.9,
          fallback_occurred: false,
          parse_time_ms: 3,
          extraction_path: 'fast',
          primary_error: 'none',
        },
      },
    },
  },
  summary: { total_urls: 6, successful: 5, failed: 1, total_processing_time_ms: 121 },
  pong: { session_id: 's1', timestamp },
  status: {
    session_id: 's1',
    connected_duration_ms: 51,
    is_healthy: true,
    message_count: 2,
    backpressure_count: 0,
  },
  error: { error_type: 'validation_error', message: 'Validation error: At least one URL is required' },
};

const absentReadsAsNull = [
  'quality_score',
  'document',
  'error',
  'title',
  'markdown',
  'byline',
  'published_iso',
  'language',
  'site_name',
  'description',
  'reading_time',
  'word_count',
  'extraction_path',
  'primary_error',
];
const optional = ['extensions', 'truncated', 'html', 'parser_metadata'];

function textOf(type: string, data: unknown, tag = 'message_type'): string {
  return JSON.stringify({ [tag]: type, data, timestamp });
}

function errorOf(text: string): ProtocolError {
  try {
    decodeServerMessage(text);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    return error;
  }
  assert.fail(`decoded ${text.slice(0, 200)}`);
}

/** Every path of keys in `value`, those to whole objects included. */
function pathsOf(value: Record<string, unknown>, above: string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...above, key];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? [path, ...pathsOf(inner as Record<string, unknown>, path)] : [path];
  });
}

/** A deep copy in which the value at `path` is replaced, or left out when `replacement` is undefined. */
function changed(sample: Record<string, unknown>, path: string[], replacement: unknown): unknown {
  const copy = structuredClone(sample);
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1)!] = replacement;
  return copy;
}

describe('decodeServerMessage', () => {
  for (const [type, data] of Object.entries(samples)) {
    describe(type, () => {
      it('keeps every field', () => {
        assert.deepEqual(decodeServerMessage(textOf(type, data)), { message_type: type, data, timestamp });
      });

      it('is read under the tag "type" too', () => {
        assert.deepEqual(decodeServerMessage(textOf(type, data, 'type')), {
          message_type: type,
          data,
          timestamp,
        });
      });

      it('leaves unknown fields out', () => {
        const text = JSON.stringify({
          message_type: type,
          data: { ...data, later: 1 },
          timestamp,
          later: {},
        });
        assert.deepEqual(decodeServerMessage(text), { message_type: type, data, timestamp });
      });

      for (const path of pathsOf(data)) {
        const field = ['data', ...path].join('.');
        it(`names ${field} when its type is wrong`, () => {
          // No field is a list of lists, so this is wrong for each of them; a wrong item is named by its place.
          const error = errorOf(textOf(type, changed(data, path, [[]])));
          assert.equal(error.reason, 'bad-field');
          assert.ok(error.field === field || error.field === `${field}[0]`, error.field);
          assert.ok(error.message.includes(error.field), error.message);
        });

        it(`answers for ${field} when it is missing`, () => {
          const key = path.at(-1)!;
          const text = textOf(type, changed(data, path, undefined));
          if (optional.includes(key) || absentReadsAsNull.includes(key)) {
            const isNull = absentReadsAsNull.includes(key);
            const expected = changed(data, path, isNull ? null : undefined);
            assert.deepEqual(decodeServerMessage(text).data, JSON.parse(JSON.stringify(expected)));
          } else {
            assert.equal(errorOf(text).field, field);
          }
        });
      }
    });
  }

  it('calls a tag of a later protocol unknown, also one named like a property of every object', () => {
    for (const type of ['progress', '__proto__', 'constructor', 'toString', '']) {
      const error = errorOf(textOf(type, {}));
      assert.equal(error.reason, 'unknown-type');
      assert.equal(error.field, 'message_type');
    }
    assert.equal(errorOf(textOf('x'.repeat(10_000), {})).message.length < 200, true);
  });

  it('calls what is no tagged JSON object no message', () => {
    for (const text of [
      '',
      'this is not JSON',
      '{"message_type":',
      '[]',
      'null',
      '1',
      '"pong"',
      '{}',
      '{"data":{}}',
    ]) {
      assert.equal(errorOf(text).reason, 'not-a-message', text);
    }
  });

  it('reads a missing timestamp as empty, since nothing depends on it', () => {
    const text = JSON.stringify({ message_type: 'pong', data: samples.pong });
    assert.equal(decodeServerMessage(text).timestamp, '');
  });

  it('names the envelope fields', () => {
    assert.equal(errorOf('{"message_type":7,"data":{}}').field, 'message_type');
    assert.equal(errorOf('{"message_type":"pong"}').field, 'data');
    assert.equal(errorOf('{"message_type":"pong","data":null}').field, 'data');
    assert.equal(errorOf('{"message_type":"pong","data":[]}').field, 'data');
    assert.equal(errorOf('{"message_type":"pong","data":{},"timestamp":1}').field, 'timestamp');
  });

  it('refuses counts that are negative, broken, or larger than JavaScript holds', () => {
    for (const number of ['-1', '1.5', '9007199254740993', '1e400', '"2"', 'true', 'null']) {
      const text = `{"message_type":"result","data":{"index":${number}}}`;
      assert.equal(errorOf(text).field, 'data.index', number);
    }
  });

  it('refuses a number that is not finite once read', () => {
    const text = textOf('result', changed(samples.result!, ['progress', 'success_rate'], 'HUGE'));
    const error = errorOf(text.replace('"HUGE"', '1e999'));
    assert.equal(error.field, 'data.progress.success_rate');
    assert.match(error.message, /finite/);
  });

  it('takes nothing from a "__proto__" key, and passes it to nobody', () => {
    const text =
      '{"message_type":"pong","timestamp":"","data":{"session_id":"s1","timestamp":"t",' +
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}';
    const message = decodeServerMessage(text);
    assert.deepEqual(Object.keys(message.data), ['timestamp', 'session_id']);
    assert.equal(Object.getPrototypeOf(message.data), Object.prototype);
    assert.equal('polluted' in {}, false);
    assert.equal(errorOf('{"__proto__":{"message_type":"pong","data":{}}}').reason, 'not-a-message');
    const inherited = '{"message_type":"error","data":{"__proto__":{"error_type":"a","message":"b"}}}';
    assert.equal(errorOf(inherited).field, 'data.error_type');
  });

  it('survives values nested deeper than a stack, and does not repeat large ones', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    assert.equal(errorOf(`{"message_type":"pong","data":{"session_id":${deep}}}`).reason, 'bad-field');
    assert.equal(errorOf(`{"message_type":"pong","data":${deep}}`).field, 'data');
    const long = errorOf(textOf('result', { index: 'x'.repeat(1_000_000) }));
    assert.equal(long.message.length < 200, true);
  });
});
