import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { canPass, retryDelayMs } from '../../../src/engine/fetch/retries';
import { failureOf, fetchPage, resolveTo, TestNet } from './servers';

const html = { 'Content-Type': 'text/html' };

describe('retries', () => {
  const testNet = new TestNet();
  let requests: number;

  beforeEach(() => (requests = 0));
  afterEach(() => testNet.close());

  /** Answers with each listener in turn, and with the last from then on. */
  function answering(...answers: RequestListener[]): RequestListener {
    return (request, response) => answers[Math.min(requests++, answers.length - 1)]!(request, response);
  }
  const status =
    (code: number, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) =>
      response.writeHead(code, { ...html, ...headers }).end('answer');
  const hangUp: RequestListener = (request) => request.socket.destroy();

  for (const [what, answer] of [
    ['a connection that is dropped', hangUp],
    ['a server that fails', status(500)],
    ['a server that is too busy', status(503)],
    ['a client that is too busy', status(429)],
  ] as const) {
    it(`gets over ${what} twice`, async () => {
      const server = await testNet.serve(answering(answer, answer, status(200)));
      assert.equal(Buffer.from((await testNet.get(server.origin)).body).toString(), 'answer');
      assert.equal(requests, 3);
    });

    it(`gives up on ${what} after three tries, and says so`, async () => {
      const server = await testNet.serve(answering(answer));
      const failure = await failureOf(testNet.get(server.origin));
      assert.equal(requests, 3);
      assert.match(failure.message, / It was tried 3 times\.$/);
      assert.equal(failure.isRetryable, true);
    });
  }

  for (const code of [400, 401, 403, 404, 410, 418, 451, 501, 505]) {
    it(`takes ${code} for an answer`, async () => {
      const server = await testNet.serve(answering(status(code)));
      const failure = await failureOf(testNet.get(server.origin));
      assert.equal(requests, 1);
      assert.doesNotMatch(failure.message, /tried/);
    });
  }

  it('does not try again what is no page, or no sound answer', async () => {
    const video = await testNet.serve(answering(status(200, { 'Content-Type': 'video/mp4' })));
    assert.equal((await failureOf(testNet.get(video.origin))).reason, 'not-html');
    const coded = await testNet.serve(answering(status(200, { 'Content-Encoding': 'rot13' })));
    assert.equal((await failureOf(testNet.get(coded.origin))).reason, 'bad-response');
    assert.equal(requests, 2);
  });

  it('does not knock again where robots.txt says no, or cannot be had', async () => {
    for (const answer of [
      status(500),
      hangUp,
      ((_, response) => response.end('User-agent: *\nDisallow: /')) as RequestListener,
    ]) {
      requests = 0;
      const server = await testNet.serve(answering(answer), true);
      await failureOf(testNet.get(`${server.origin}/page`));
      assert.equal(requests, 1);
    }
  });

  it('does not look up again what does not exist, but what the name server did not tell', async () => {
    let lookups = 0;
    const failing = (code: string) => () => {
      lookups++;
      return Promise.reject(Object.assign(new Error(code), { code }));
    };
    await failureOf(testNet.get('http://a.example/', { obeyRobots: false }, failing('ENOTFOUND')));
    assert.equal(lookups, 1);
    const failure = await failureOf(
      testNet.get('http://a.example/', { obeyRobots: false }, failing('EAI_AGAIN')),
    );
    assert.equal(lookups, 4);
    assert.equal(failure.reason, 'dns');
  });

  it('tries no longer than the page has time', async () => {
    const server = await testNet.serve(answering(() => undefined));
    const failure = await failureOf(testNet.get(server.origin, { timeoutMs: 100, obeyRobots: false }));
    assert.equal(failure.reason, 'timeout');
    // None at all where this machine takes that long to connect.
    assert.ok(requests <= 1, `${requests} requests`);
  });

  it('does not wait for a server that wants hours', async () => {
    const server = await testNet.serve(answering(status(503, { 'Retry-After': '7200' })));
    const failure = await failureOf(testNet.get(server.origin));
    assert.deepEqual([failure.reason, requests], ['http-503', 1]);
  });

  it('leaves the whole host alone for as long as it wants, and no other', async () => {
    const asked: { path: string; atMs: number }[] = [];
    const server = await testNet.serve((request, response) => {
      asked.push({ path: `${request.headers.host?.[0] ?? ''}${request.url ?? ''}`, atMs: performance.now() });
      const isBusy = asked.length === 1;
      response.writeHead(isBusy ? 429 : 200, isBusy ? { 'Retry-After': '1' } : html).end('page');
    });
    const resolve = resolveTo({ 'a.example': ['127.0.0.1'], 'b.example': ['127.0.0.1'] });
    const fetcher = testNet.fetcher({ obeyRobots: false, perHost: 1 }, resolve);
    const [first, second] = [1, 2].map((n) => fetchPage(fetcher, `http://a.example:${server.port}/${n}`));
    while (asked.length === 0) await new Promise(setImmediate);
    await fetchPage(fetcher, `http://b.example:${server.port}/3`);
    await Promise.all([first, second]);
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['a/1', 'b/3', 'a/2', 'a/1'],
    );
    assert.ok(asked[2]!.atMs - asked[0]!.atMs >= 1000);
  });

  it('can be cancelled between two tries', async () => {
    const controller = new AbortController();
    const server = await testNet.serve((request, response) => {
      response.on('close', () => setImmediate(() => controller.abort()));
      request.socket.destroy();
    });
    const failure = await failureOf(fetchPage(testNet.fetcher(), server.origin, controller.signal));
    assert.equal(failure.reason, 'cancelled');
  });

  it('waits longer each time, never twice the same', () => {
    assert.deepEqual([retryDelayMs(1, 0), retryDelayMs(2, 0)], [250, 500]);
    assert.deepEqual([retryDelayMs(1, 1), retryDelayMs(2, 1)], [500, 1000]);
  });

  it('never tries what an address rule or a person has ended', () => {
    for (const reason of ['blocked-address', 'cancelled', 'robots', 'tls', 'proxy'] as const) {
      assert.equal(canPass(new CrawlFailure(reason, '', { isRetryable: reason === 'cancelled' })), false);
    }
    assert.equal(canPass(new CrawlFailure('robots', '', { isRetryable: true, status: 503 })), false);
  });
});
