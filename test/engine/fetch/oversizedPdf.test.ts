import assert from 'node:assert/strict';
import { makePdf } from '../../support/makePdf';
import { failureOf, TestNet } from './servers';

const maxBytes = 10 * 1024 * 1024;
const pdf = makePdf([[{ text: 'Tide tables', size: 12, x: 72, y: 700 }]]);

describe('a PDF over the size limit', () => {
  const testNet = new TestNet();
  afterEach(() => testNet.close());

  it('is not downloaded when it says its size', async () => {
    const server = await testNet.serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/pdf', 'Content-Length': 50 * maxBytes });
      // The rest never comes.
      response.write(pdf);
    });
    const failure = await failureOf(testNet.get(`${server.origin}/tides.pdf`));
    assert.deepEqual([failure.reason, failure.status, failure.isRetryable], ['too-large', 200, false]);
    assert.match(failure.message, /\/tides\.pdf is a PDF of more than 10 MB/);
  });

  it('is too large when that turns out, whatever it is sent as', async () => {
    for (const type of ['application/pdf', 'application/octet-stream']) {
      const server = await testNet.serve((_, response) => {
        response.writeHead(200, { 'Content-Type': type }).write(pdf);
        response.end(Buffer.alloc(maxBytes));
      });
      assert.equal((await failureOf(testNet.get(server.origin))).reason, 'too-large', type);
    }
  });

  it('is the one page that a cut makes useless', async () => {
    const server = await testNet.serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': maxBytes + 1 });
      response.end(Buffer.alloc(maxBytes + 1, 'x'));
    });
    const page = await testNet.get(server.origin);
    assert.deepEqual([page.body.byteLength, page.isTruncated], [maxBytes, true]);
  });
});
