import assert from 'node:assert/strict';
import { decodeDocument, decodeServerMessage } from '../../src/protocol/decodeServerMessage';
import { serverMessage } from '../../src/protocol/encode';
import type { PageResult } from '../../src/protocol/messages';
import { peekResult } from '../../src/protocol/peekResult';
import { ProtocolError } from '../../src/protocol/protocolError';
import { decodeRawResult, type DecodedResult } from '../../src/store/decodeRawResult';
import { outcomeOf, successOf } from '../../src/store/outcomeOf';
import { documentOf, failedResult, pageResult } from '../support/pageResults';
import { seededRandom } from '../support/seededRandom';

const url = 'https://one.test/page';

/** Texts made to be taken for the end of a message, or for its beginning. */
const hostileTexts = [
  '"',
  '\\',
  '\\"',
  '},"error":null,"from_cache":',
  '},"error":null,"from_cache":false,"gate_decision":"raw","processing_time_ms":1,"quality_score":1,"status":200,"url":"https://other.test/"}},"timestamp":"t"}',
  '{"message_type":"result","data":{"index":9,"progress":{"completed":1,"success_rate":1,"total":1},"result":{"cache_key":"","document":{"',
  '\u0000\n\u2028\ud800',
  'höhe 日本語 🦀',
];

function messageOf(data: PageResult, mark = {}): string {
  return JSON.stringify(serverMessage('result', data, mark));
}

/** What is peeked is what the decoder reads, or else refused in the end. False when it is refused, or not peeked. */
function assertAgrees(text: string): boolean {
  const bytes = Buffer.from(text);
  const peeked = peekResult(bytes);
  if (peeked === undefined) return false;
  let decoded: DecodedResult;
  try {
    decoded = decodeRawResult(bytes);
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    return false;
  }
  const whole = decodeServerMessage(bytes.toString());
  assert.ok(whole.message_type === 'result', text);
  const { data, request_id, sequence } = whole;
  const mark = {
    ...(request_id !== undefined && { request_id }),
    ...(sequence !== undefined && { sequence }),
  };
  assert.deepEqual(peeked, { index: data.index, url: data.result.url, ...mark }, text);
  assert.deepEqual(successOf(decoded, 0), outcomeOf(data.result, 0), text);
  assert.deepEqual(decoded.validators, data.result.validators, text);
  assert.deepEqual(decodeDocument(decoded.documentJson.toString(), ''), data.result.document, text);
  return true;
}

describe('peekResult', () => {
  const random = seededRandom(20261122);
  const oneOf = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const anyText = (): string =>
    Array.from({ length: Math.floor(random() * 4) }, () => oneOf([...hostileTexts, 'plain words '])).join('');

  function anyResult(): PageResult {
    const document = documentOf(url, {
      title: oneOf([null, anyText()]),
      text: anyText().repeat(1 + Math.floor(random() * 20)),
      markdown: oneOf([null, anyText()]),
      links: [anyText(), anyText()],
      ...(random() < 0.3 && {
        structured_data: { json_ld: [{ error: null, cache_key: anyText() }], open_graph: {}, microdata: [] },
      }),
      ...(random() < 0.3 && { html: anyText() }),
    });
    return pageResult(
      Math.floor(random() * 100),
      oneOf([url, 'https://one.test/ü?日=🦀', `${url}?"`, `${url}\\`]),
      {
        document,
        quality_score: oneOf([null, 0, 1, 0.8500000238418579, 1e-7]),
        cache_key: oneOf(['', 'riptide:v1:read_through:abc', '"']),
        ...(random() < 0.3 && { truncated: true }),
        ...(random() < 0.5 && {
          validators: oneOf([
            { etag: 'W/"a\\b"' },
            { last_modified: 'Mon, 01 Jan 2026 00:00:00 GMT' },
            { etag: '"1"', last_modified: 'x' },
            {},
          ]),
        }),
      },
    );
  }

  it('reads what the decoder reads, and leaves the document alone', () => {
    assert.deepEqual(peekResult(Buffer.from(messageOf(pageResult(7, url)))), { index: 7, url });
    const marked = messageOf(pageResult(0, 'https://one.test/ü'), { request_id: 'r-ü', sequence: 12 });
    assert.deepEqual(peekResult(Buffer.from(marked)), {
      index: 0,
      url: 'https://one.test/ü',
      request_id: 'r-ü',
      sequence: 12,
    });
  });

  it('reads the spelling of RipTide’s own handler', () => {
    const text =
      '{"message_type":"result","data":{"index":3,"progress":{"completed":1,"success_rate":1.0,"total":6},' +
      '"result":{"cache_key":"riptide:v1:read_through:abc","document":{"byline":null,"categories":[],' +
      '"description":null,"html":null,"language":null,"links":[],"markdown":null,"media":[],' +
      '"parser_metadata":null,"published_iso":null,"quality_score":null,"reading_time":null,' +
      '"site_name":null,"text":"x","title":"t","url":"https://one.test/","word_count":null},"error":null,' +
      '"from_cache":false,"gate_decision":"raw","processing_time_ms":10,"quality_score":0.8500000238418579,' +
      '"status":200,"url":"https://one.test/"}},"timestamp":"2026-11-22T18:03:45.363230491+00:00"}';
    assert.deepEqual(peekResult(Buffer.from(text)), { index: 3, url: 'https://one.test/' });
    assert.ok(assertAgrees(text));
  });

  it('agrees with the decoder on documents of any content', () => {
    let peekedCount = 0;
    for (let round = 0; round < 2_000; round++) if (assertAgrees(messageOf(anyResult()))) peekedCount += 1;
    assert.ok(peekedCount > 300, `only ${peekedCount} were peeked`);
  });

  it('never reads another message out of one that is cut, spliced or changed by a byte', () => {
    for (let round = 0; round < 2_000; round++) {
      const text = messageOf(anyResult());
      const at = Math.floor(random() * text.length);
      const other = messageOf(anyResult());
      assertAgrees(text.slice(0, at));
      assertAgrees(text.slice(at));
      assertAgrees(text.slice(0, at) + oneOf(['"', '\\', '}', ',', '0', ' ', '\0']) + text.slice(at + 1));
      assertAgrees(text.slice(0, at) + other.slice(Math.floor(random() * other.length)));
    }
  });

  it('leaves to the decoder whatever is spelled otherwise', () => {
    const text = messageOf(pageResult(3, url));
    const { message_type, data, timestamp } = JSON.parse(text) as Record<string, PageResult>;
    const { index, result, progress } = data!;
    const { cache_key, ...rest } = result;
    const others = [
      JSON.stringify({ data, message_type, timestamp }),
      JSON.stringify({ message_type, data: { result, index, progress }, timestamp }),
      JSON.stringify({ message_type, data: { index, progress, result: { ...rest, cache_key } }, timestamp }),
      JSON.stringify({
        message_type,
        data: { index, progress, result: { new_field: 1, ...result } },
        timestamp,
      }),
      JSON.stringify({
        message_type,
        data: { index, progress, result: { ...result, new_field: 1 } },
        timestamp,
      }),
      JSON.stringify({ type: message_type, data, timestamp }),
      JSON.stringify({ message_type, data, timestamp, new_field: 1 }),
      JSON.stringify({ message_type, data }),
      JSON.stringify(JSON.parse(text), null, 1),
      text.replace('"index":3', '"index":03'),
      text.replace('"index":3', '"index":-3'),
      text.replace('"index":3', '"index":9007199254740993'),
      text.replace('"success_rate":1', '"success_rate":1e999'),
      text.replace('/page"}}', '\\/page"}}'),
      messageOf(failedResult(3, url)),
      messageOf(pageResult(3, url, { document: null, status: 204 })),
      messageOf(pageResult(3, `${url}/${'x'.repeat(2000)}`)),
      `${text} `,
      '',
      '{}',
    ];
    for (const other of others) assert.equal(peekResult(Buffer.from(other)), undefined, other);
    assert.equal(peekResult(Buffer.from([0xff, 0xfe, 0, 1])), undefined);
  });

  it('takes unknown fields inside the document for a part of it', () => {
    const text = messageOf(pageResult(3, url)).replace('"title"', '"new_field":{"error":null},"title"');
    assert.deepEqual(peekResult(Buffer.from(text)), { index: 3, url });
    assert.ok(assertAgrees(text));
  });
});

describe('decodeRawResult', () => {
  const text = messageOf(pageResult(3, url));

  it('refuses what turns out to be another message than it looked like', () => {
    const hidden = text.slice(text.indexOf('"index"'), text.indexOf(',"timestamp"'));
    const after = text.indexOf(',"error":null');
    const liars = [
      `${text.slice(0, after)},"status":404,"x":{}${text.slice(after)}`,
      `${text.slice(0, after)},"document":null,"x":{}${text.slice(after)}`,
      text.replace(',"timestamp"', `,"data":{${hidden.replace('"index":3', '"index":4')},"timestamp"`),
      text
        .replace(',"error":null', ',"error":{"error_type":"dns","message":"","retryable":true}')
        .replace(
          ',"timestamp"',
          `,"other":{"x":{"y":{},${text.slice(after + 1, text.indexOf(',"timestamp"'))},"timestamp"`,
        ),
    ];
    for (const liar of liars) {
      const bytes = Buffer.from(liar);
      JSON.parse(liar);
      assert.deepEqual(peekResult(bytes), { index: 3, url }, liar);
      assert.throws(() => decodeRawResult(bytes), { name: 'ProtocolError' }, liar);
    }
  });

  it('says what is wrong with a document', () => {
    const bytes = Buffer.from(text.replace('"links":[', '"links":[7,'));
    assert.deepEqual(peekResult(bytes), { index: 3, url });
    assert.throws(() => decodeRawResult(bytes), { field: 'data.result.document.links[0]' });
  });
});
