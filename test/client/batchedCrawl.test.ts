import assert from 'node:assert/strict';
import { BatchedCrawl, type CrawlAnswer } from '../../src/client/batchedCrawl';
import type { ServerMessageData } from '../../src/protocol/messages';
import { ProtocolError } from '../../src/protocol/protocolError';
import { pageOf } from '../support/fakeRipTide';

const timestamp = 't';
const urls = Array.from({ length: 205 }, (_, at) => `https://site.example/${at}`);

function answer<Type extends CrawlAnswer['message_type']>(
  type: Type,
  data: ServerMessageData[Type],
): CrawlAnswer {
  return { message_type: type, data, timestamp } as CrawlAnswer;
}

function metadata(total: number): CrawlAnswer {
  return answer('metadata', { total_urls: total, session_id: 's', timestamp, stream_type: 'crawl' });
}

function result(index: number, url: string): CrawlAnswer {
  return answer('result', {
    index,
    result: pageOf(url),
    progress: { completed: 1, total: 1, success_rate: 1 },
  });
}

function summary(successful: number, failed: number): CrawlAnswer {
  return answer('summary', {
    total_urls: successful + failed,
    successful,
    failed,
    total_processing_time_ms: 10,
  });
}

describe('BatchedCrawl', () => {
  it('asks for at most 100 URLs at a time, for each once and in order', () => {
    const crawl = new BatchedCrawl(urls, { cache_mode: 'bypass' });
    const asked: string[][] = [];
    for (let request = crawl.nextRequest(); request !== undefined; request = crawl.nextRequest()) {
      assert.ok(request.request_type === 'crawl');
      assert.deepEqual(request.data.options, { cache_mode: 'bypass' });
      asked.push(request.data.urls);
    }
    assert.deepEqual(
      asked.map((batch) => batch.length),
      [100, 100, 5],
    );
    assert.deepEqual(asked.flat(), urls);
  });

  it('sends no options when there are none, since old servers want them whole', () => {
    const request = new BatchedCrawl(['https://a.example/'], null).nextRequest();
    assert.deepEqual(request, { request_type: 'crawl', data: { urls: ['https://a.example/'] } });
  });

  it('shows one crawl: one metadata, indexes of the list, progress and summary over all', () => {
    const crawl = new BatchedCrawl(urls, null);
    crawl.nextRequest();
    assert.deepEqual(crawl.fold(metadata(100))?.data, { ...metadata(205).data });
    crawl.fold(result(99, urls[99]!));
    assert.equal(crawl.fold(summary(1, 99)), undefined);
    crawl.nextRequest();
    assert.equal(crawl.fold(metadata(100)), undefined);
    const failed = crawl.fold(result(0, `${urls[100]}?fail=1`));
    assert.ok(failed?.message_type === 'result');
    assert.equal(failed.data.index, 100);
    assert.deepEqual(failed.data.progress, { completed: 2, total: 205, success_rate: 0.5 });
    assert.equal(crawl.fold(summary(90, 10)), undefined);
    crawl.nextRequest();
    assert.deepEqual(crawl.fold(summary(2, 3))?.data, {
      total_urls: 205,
      successful: 93,
      failed: 112,
      total_processing_time_ms: 30,
    });
    assert.equal(crawl.nextRequest(), undefined);
  });

  it('passes a summary on that counts fewer results than were asked for', () => {
    const crawl = new BatchedCrawl(urls.slice(0, 3), null);
    crawl.nextRequest();
    crawl.fold(result(0, urls[0]!));
    const last = crawl.fold(summary(1, 0));
    assert.deepEqual(last?.data, { total_urls: 3, successful: 1, failed: 0, total_processing_time_ms: 10 });
  });

  it('counts a result that comes twice once', () => {
    const crawl = new BatchedCrawl(urls.slice(0, 2), null);
    crawl.nextRequest();
    assert.ok(crawl.fold(result(1, urls[1]!)));
    assert.equal(crawl.fold(result(1, urls[1]!)), undefined);
    assert.equal(crawl.receivedCount, 1);
  });

  it('names an index that was not asked for', () => {
    const crawl = new BatchedCrawl(urls, null);
    crawl.nextRequest();
    assert.throws(
      () => crawl.fold(result(100, urls[100]!)),
      (error) =>
        error instanceof ProtocolError && error.field === 'data.index' && error.message.includes('0 to 99'),
    );
  });
});
