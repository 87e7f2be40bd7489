import assert from 'node:assert/strict';
import type { Logger } from '../../../src/base/logger';
import { HostDelays } from '../../../src/engine/fetch/hostDelays';
import { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { parseRobots } from '../../../src/engine/fetch/robots';
import { defaultFetchSettings } from '../../../src/engine/fetchSettings';
import { fetchPage, resolveTo, TestNet } from './servers';

const asking = (seconds: number) =>
  parseRobots(Buffer.from(`User-agent: *\nCrawl-delay: ${seconds}`), 'RipTide');

describe('the delay between two pages of a host', () => {
  let told: string[];
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: (message) => told.push(message), warn: quiet, error: quiet };

  beforeEach(() => (told = []));

  it('is our own where the host asks for none, or for less', () => {
    const delays = new HostDelays(500, logger);
    assert.equal(delays.delayMs(new URL('https://a.example/'), asking(0)), 500);
    assert.equal(delays.delayMs(new URL('https://a.example/'), asking(0.2)), 500);
    assert.deepEqual(told, []);
  });

  it("is the host's where that is longer, which is told once for each host", () => {
    const delays = new HostDelays(500, logger);
    for (const path of ['one', 'two']) {
      assert.equal(delays.delayMs(new URL(`https://a.example/${path}`), asking(3)), 3_000);
    }
    assert.equal(delays.delayMs(new URL('https://b.example:8443/'), asking(86_400)), 30_000);
    assert.deepEqual(told, [
      'The robots.txt of a.example has us wait 3 s between two pages, not 0.5 s.',
      'The robots.txt of b.example:8443 has us wait 30 s between two pages, not 0.5 s.',
    ]);
  });

  it('is never longer on this machine', () => {
    const delays = new HostDelays(0, logger);
    for (const host of ['localhost:3000', '127.0.0.1', '[::1]:8080']) {
      assert.equal(delays.delayMs(new URL(`http://${host}/`), asking(9)), 0);
    }
    assert.deepEqual(told, []);
  });

  it('is told when the first page of a crawl begins', async () => {
    const testNet = new TestNet();
    const { port } = await testNet.serve((request, response) => {
      const isRobots = request.url === '/robots.txt';
      response.writeHead(200, { 'Content-Type': isRobots ? 'text/plain' : 'text/html' });
      response.end(isRobots ? 'User-agent: RipTide\nCrawl-delay: 7' : '<p>The tide.</p>');
    }, true);
    const settings = { ...defaultFetchSettings, delayMs: 250 };
    const fetcher = new PageFetcher(settings, resolveTo({ 'slow.example': ['127.0.0.1'] }), () => 0, logger);
    await fetchPage(fetcher, `http://slow.example:${port}/`);
    fetcher.dispose();
    testNet.close();
    const note = `The robots.txt of slow.example:${port} has us wait 7 s between two pages, not 0.25 s.`;
    assert.deepEqual(told, [note]);
  });
});
