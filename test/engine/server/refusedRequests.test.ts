import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { defaultFetchSettings } from '../../../src/engine/fetchSettings';
import type { EngineReady } from '../../../src/engine/readyLine';
import { buildEngine } from '../../support/builtEngine';
import { post, type Answer } from './post';

const token = 'a-secret-of-this-test';
const key = { 'X-API-Key': token };
const json = { ...key, 'Content-Type': 'application/json' };
const paths = ['/crawl', '/api/v1/crawl', '/crawl/stream', '/crawl/sse'];

describe('what the engine refuses over HTTP', () => {
  let engine: ChildProcess;
  let address: string;
  before(async () => {
    engine = spawn(process.execPath, [await buildEngine(), '--child'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    engine.stdin!.write(`${JSON.stringify({ token, settings: defaultFetchSettings })}\n`);
    const [line] = (await once(createInterface({ input: engine.stdout! }), 'line')) as [string];
    address = `http://127.0.0.1:${(JSON.parse(line) as EngineReady).port}`;
  });
  after(async () => {
    const ended = once(engine, 'exit');
    engine.stdin!.end();
    await ended;
  });

  const tooManyUrls = { urls: Array.from({ length: 101 }, (_, index) => `https://x.example/${index}`) };

  for (const path of paths) {
    describe(path, () => {
      for (const [what, body, headers, status, message] of [
        ['no content type', '{}', key, 415, /application\/json/],
        ['no body', '', json, 400, /not JSON/],
        ['what is not JSON', '{"urls":', json, 400, /not JSON/],
        ['what is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), json, 400, /not UTF-8/],
        ['a list', '[]', json, 422, /must be an object/],
        ['no URLs field', '{}', json, 422, /urls must be a list of strings/],
        ['urls: null', { urls: null }, json, 422, /urls must be a list of strings/],
        ['a URL that is no string', { urls: [7] }, json, 422, /urls\[0\] must be a string/],
        [
          'an option of another type',
          { urls: ['https://x.example/'], options: { concurrency: '5' } },
          json,
          422,
          /options\.concurrency must be a whole number/,
        ],
        ['a body over 2 MiB', ' '.repeat(2 * 1024 * 1024 + 1), json, 413, /over 2097152 bytes/],
      ] as const) {
        it(`answers ${what} with ${status} in plain text`, async () => {
          const answer = await post(`${address}${path}`, body, headers);
          assert.equal(answer.status, status);
          assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
          assert.match(answer.text, message);
        });
      }

      it('answers another content type with an envelope', async () => {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
          const answer = await post(`${address}${path}`, '{}', { ...key, 'Content-Type': type });
          assertEnvelope(answer, 415, 'unsupported_media_type', new RegExp(type));
        }
      });

      it('reads 2 MiB, and other spellings of JSON', async () => {
        const body = '{"urls":[]}'.padEnd(2 * 1024 * 1024);
        for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/ld+json']) {
          const { status, text } = await post(`${address}${path}`, body, { ...key, 'Content-Type': type });
          assert.equal(status, 400, type);
          assert.match(text, /At least one URL is required/, type);
        }
      });

      it('answers another method with 405 and what it allows', async () => {
        for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
          const response = await fetch(`${address}${path}`, { method, headers: key });
          assert.equal(response.status, 405, method);
          assert.equal(response.headers.get('allow'), 'POST');
          assert.equal(response.headers.get('access-control-allow-origin'), null);
          const { error } = (await response.json()) as { error: Record<string, unknown> };
          const { message, ...rest } = error;
          assert.match(String(message), new RegExp(`^${method} `));
          const wanted = {
            type: 'method_not_allowed',
            retryable: false,
            status: 405,
            allowed_methods: ['POST'],
          };
          assert.deepEqual(rest, wanted);
        }
      });

      it('answers 401 without the key, 403 to a page of another origin, and says nothing else', async () => {
        for (const headers of [{}, { 'X-API-Key': 'wrong' }, { Authorization: `bearer ${token}` }]) {
          const answer = await post(`${address}${path}`, '{', {
            'Content-Type': 'application/json',
            ...headers,
          });
          assert.equal(answer.status, 401);
          assert.equal(answer.headers['www-authenticate'], 'Bearer');
          assert.equal((JSON.parse(answer.text) as { error: string }).error, 'Unauthorized');
        }
        for (const Origin of ['https://evil.example', 'null']) {
          const answer = await post(
            `${address}${path}`,
            { urls: ['https://x.example/'] },
            { ...json, Origin },
          );
          assert.equal(answer.status, 403);
          assert.equal(answer.headers['access-control-allow-origin'], undefined);
          assert.equal((JSON.parse(answer.text) as { error: string }).error, 'Forbidden');
        }
      });
    });
  }

  for (const [what, body, type, message] of [
    ['an empty list', { urls: [] }, 'validation_error', /^Validation error: At least one URL is required$/],
    ['101 URLs', tooManyUrls, 'validation_error', /^Validation error: Too many URLs: 101 \(maximum: 100\)$/],
    [
      'a URL that is none',
      { urls: ['https://x.example/', 'nonsense'] },
      'invalid_url',
      /^Invalid URL: nonsense - URL 2 validation failed: /,
    ],
    ['another scheme', { urls: ['ftp://x.example/'] }, 'invalid_url', /Unsupported URL scheme: ftp$/],
  ] as const) {
    it(`/crawl answers ${what} with ${type} in an envelope`, async () => {
      assertEnvelope(await post(`${address}/crawl`, body, json), 400, type, message);
    });

    it(`/crawl/stream answers ${what} with 400 and one line`, async () => {
      const { status, headers, text } = await post(`${address}/crawl/stream`, body, json);
      assert.equal(status, 400);
      assert.equal(headers['content-type'], 'application/x-ndjson');
      assert.equal(headers['x-accel-buffering'], 'no');
      assert.match(text, /^[^\n]+\n$/);
      assertStreamError(text, message);
    });

    it(`/crawl/sse answers ${what} with 400 and one error event`, async () => {
      const { status, headers, text } = await post(`${address}/crawl/sse`, body, json);
      assert.equal(status, 400);
      assert.equal(headers['content-type'], 'text/event-stream');
      const [, data] = /^event: error\ndata: ([^\n]+)\n\n$/.exec(text) ?? [];
      assertStreamError(data ?? '', message);
    });
  }

  it('refuses methods of the paths that are read', async () => {
    for (const [path, allow] of [
      ['/healthz', 'GET, HEAD'],
      ['/metrics', 'GET, HEAD'],
      ['/crawl/ws', 'GET'],
    ] as const) {
      const answer = await post(`${address}${path}`, '{}', json);
      assert.equal(answer.status, 405, path);
      assert.equal(answer.headers.allow, allow);
    }
  });

  it('keeps its metrics behind the key, and its health public', async () => {
    assert.equal((await fetch(`${address}/metrics`)).status, 401);
    assert.equal((await fetch(`${address}/metrics`, { headers: key })).status, 200);
    assert.equal((await fetch(`${address}/healthz`)).status, 200);
    const headers = { ...key, Origin: 'https://evil.example' };
    assert.equal((await fetch(`${address}/metrics`, { headers })).status, 403);
    assert.equal((await fetch(`${address}/unknown`)).status, 401);
    assert.equal((await fetch(`${address}/unknown`, { headers: key })).status, 404);
  });
});

function assertEnvelope(answer: Answer, status: number, type: string, message: RegExp): void {
  assert.equal(answer.status, status);
  assert.equal(answer.headers['content-type'], 'application/json');
  const { error } = JSON.parse(answer.text) as { error: { message: string } };
  assert.match(error.message, message);
  assert.deepEqual({ ...error, message: '' }, { type, message: '', retryable: false, status });
}

function assertStreamError(text: string, message: RegExp): void {
  const { error } = JSON.parse(text) as { error: { message: string } };
  assert.match(error.message, message);
  assert.deepEqual({ ...error, message: '' }, { type: 'validation_error', message: '', retryable: false });
}
