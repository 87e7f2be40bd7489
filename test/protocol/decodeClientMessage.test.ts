import assert from 'node:assert/strict';
import { decodeClientMessage, decodeCrawlRequest } from '../../src/protocol/decodeClientMessage';
import { encodeClientMessage } from '../../src/protocol/encode';
import type { CrawlOptions } from '../../src/protocol/messages';
import { ProtocolError } from '../../src/protocol/protocolError';

const urls = ['https://site.example/a', 'https://site.example/ä'];

const options: Required<CrawlOptions> = {
  concurrency: 4,
  cache_mode: 'bypass',
  dynamic_wait_for: '.ready',
  scroll_steps: 8,
  token_chunk_max: 1200,
  token_overlap: 120,
  render_mode: 'Static',
  output_format: 'NdJson',
  public_only: true,
  use_spider: false,
  spider_max_depth: 3,
  spider_strategy: 'breadth',
  skip_extraction: true,
  chunking_config: {
    chunking_mode: 'topic',
    chunk_size: 100,
    overlap_size: 10,
    min_chunk_size: 5,
    preserve_sentences: false,
    topic_config: { window_size: 3, smoothing_passes: 1, topic_chunking: true },
  },
};

function crawlText(sent: unknown): string {
  return JSON.stringify({ request_type: 'crawl', data: { urls, options: sent } });
}

function errorOf(text: string, decode: (text: string) => unknown = decodeClientMessage): ProtocolError {
  try {
    decode(text);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    return error;
  }
  assert.fail(`decoded ${text.slice(0, 200)}`);
}

describe('decodeClientMessage', () => {
  it('reads back what encodeClientMessage wrote', () => {
    const request = { request_type: 'crawl', data: { urls, options } } as const;
    assert.deepEqual(decodeClientMessage(encodeClientMessage(request)), request);
  });

  it('takes any data for ping and status, but not none', () => {
    for (const type of ['ping', 'status']) {
      for (const data of ['{}', 'null', '"x"', '[1]']) {
        const message = decodeClientMessage(`{"request_type":"${type}","data":${data}}`);
        assert.deepEqual(message, { request_type: type, data: {} });
      }
      assert.equal(errorOf(`{"request_type":"${type}"}`).field, 'data');
    }
  });

  it('takes a crawl without options, with null, with some and with unknown ones', () => {
    const plain = decodeClientMessage(JSON.stringify({ request_type: 'crawl', data: { urls } }));
    assert.deepEqual(plain, { request_type: 'crawl', data: { urls, options: null } });
    assert.deepEqual(decodeClientMessage(crawlText(null)), plain);
    const some = decodeClientMessage(crawlText({ concurrency: 1, timeout_secs: 5 }));
    assert.ok(some.request_type === 'crawl');
    assert.equal(some.data.options?.concurrency, 1);
    assert.equal('timeout_secs' in some.data.options, false);
  });

  it('defaults preserve_sentences to true', () => {
    const config = { chunking_mode: 'fixed', chunk_size: 1, overlap_size: 0, min_chunk_size: 1 };
    const message = decodeClientMessage(crawlText({ chunking_config: config }));
    assert.ok(message.request_type === 'crawl');
    assert.equal(message.data.options?.chunking_config?.preserve_sentences, true);
  });

  it("refuses what RipTide's decoder refuses, and names it", () => {
    const refused: [string, unknown][] = [
      ['concurrency', null],
      ['concurrency', -1],
      ['concurrency', '4'],
      ['cache_mode', 1],
      ['render_mode', 'static'],
      ['output_format', 'ndjson'],
      ['use_spider', 'yes'],
      ['spider_max_depth', 1.5],
      ['skip_extraction', 0],
      ['public_only', null],
      ['public_only', 'yes'],
    ];
    for (const [key, value] of refused) {
      const error = errorOf(crawlText({ [key]: value }));
      assert.equal(error.reason, 'bad-field');
      assert.equal(error.field, `data.options.${key}`);
    }
    const incomplete = errorOf(crawlText({ chunking_config: { enabled: true } }));
    assert.equal(incomplete.field, 'data.options.chunking_config.chunking_mode');
  });

  it('refuses URLs that are no list of strings', () => {
    assert.equal(errorOf('{"request_type":"crawl","data":{}}').field, 'data.urls');
    assert.equal(errorOf('{"request_type":"crawl","data":{"urls":"https://a.example/"}}').field, 'data.urls');
    assert.equal(
      errorOf('{"request_type":"crawl","data":{"urls":["https://a.example/",7]}}').field,
      'data.urls[1]',
    );
  });

  it('tells unknown requests from what is no message', () => {
    assert.equal(errorOf('{"request_type":"dance","data":{}}').reason, 'unknown-type');
    assert.equal(errorOf('{"request_type":"__proto__","data":{}}').reason, 'unknown-type');
    assert.equal(errorOf('this is not JSON').reason, 'not-a-message');
    assert.equal(errorOf('["crawl",{}]').reason, 'not-a-message');
  });
});

describe('decodeCrawlRequest', () => {
  it('reads a body as it reads the data of a crawl message', () => {
    assert.deepEqual(decodeCrawlRequest(JSON.stringify({ urls, options })), { urls, options });
    assert.deepEqual(decodeCrawlRequest(JSON.stringify({ urls })), { urls, options: null });
  });

  it('tells what is not JSON from what is no crawl request, and names the field as it stands in the body', () => {
    assert.equal(errorOf('{', decodeCrawlRequest).reason, 'not-a-message');
    assert.equal(errorOf('[]', decodeCrawlRequest).reason, 'bad-field');
    assert.equal(errorOf('{}', decodeCrawlRequest).field, 'urls');
    const { reason, field } = errorOf('{"urls":[],"options":{"concurrency":-1}}', decodeCrawlRequest);
    assert.deepEqual([reason, field], ['bad-field', 'options.concurrency']);
  });
});
