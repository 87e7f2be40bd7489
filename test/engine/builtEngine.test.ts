import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as zlib from 'node:zlib';
import type { CrawlResult } from '../../src/protocol/messages';
import { startEngine, type BuiltEngine } from '../support/builtEngine';
import { makePdf } from '../support/makePdf';
import { TestNet, type TestServer } from './fetch/servers';
import { post } from './server/post';

const html = Buffer.from(
  '<title>Tides</title><article><p>The sea rises and falls twice a day.</p></article>',
);
const pdf = makePdf([[{ text: 'A printed tide table', size: 12, x: 72, y: 700 }]], { Title: 'Tables' });

const codings: Record<string, (body: Buffer) => Buffer> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  // Node 20 knows no zstd, and its engine asks for none.
  ...('zstdCompressSync' in zlib && { zstd: zlib.zstdCompressSync }),
};

describe('the built engine', function () {
  this.timeout(30_000);
  const testNet = new TestNet();
  let engine: BuiltEngine;
  let site: TestServer;
  let accepted: string[] = [];

  before(async () => {
    site = await testNet.serve((request, response) => {
      accepted.push(String(request.headers['accept-encoding']));
      if (request.url === '/table.pdf') {
        response.writeHead(200, { 'Content-Type': 'application/pdf' }).end(pdf);
        return;
      }
      const coding = (request.url ?? '').slice(1);
      const headers = { 'Content-Type': 'text/html', 'Content-Encoding': coding };
      response.writeHead(200, headers).end(codings[coding]?.(html));
    });
    engine = await startEngine();
  });
  beforeEach(() => (accepted = []));
  after(async () => {
    await engine.stop();
    testNet.close();
  });

  async function crawl(path: string): Promise<CrawlResult> {
    const { text } = await post(`${engine.address}/crawl`, { urls: [`${site.origin}${path}`] });
    const { results } = JSON.parse(text) as { results: CrawlResult[] };
    return results[0]!;
  }

  it('reads a PDF, and the next one', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const { document, error } = await crawl('/table.pdf');
      assert.equal(error, null);
      assert.deepEqual([document?.title, document?.text], ['Tables', 'A printed tide table']);
      assert.equal(document?.parser_metadata?.parser_used, 'pdf');
    }
  });

  it('has threads enough to look many names up, and decompress beside it', async function () {
    if (process.platform !== 'linux') this.skip();
    await crawl('/gzip');
    assert.ok(readdirSync(`/proc/${engine.process.pid}/task`).length >= 64);
  });

  for (const coding of Object.keys(codings)) {
    it(`asks for ${coding}, and reads it`, async () => {
      const { document, error } = await crawl(`/${coding}`);
      assert.equal(error, null);
      assert.deepEqual([document?.title, document?.text], ['Tides', 'The sea rises and falls twice a day.']);
      assert.ok(accepted.at(-1)?.split(', ').includes(coding), accepted.at(-1));
    });
  }
});
