import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import { startEngine, type BuiltEngine } from '../../support/builtEngine';
import { startLocalSite, type LocalSite } from '../../support/localSite';
import { post } from './post';

describe('/metrics', () => {
  let engine: BuiltEngine;
  let site: LocalSite;
  before(async () => {
    [engine, site] = await Promise.all([startEngine(), startLocalSite()]);
  });
  after(() => Promise.all([engine.stop(), site.close()]));

  async function scrape(): Promise<Map<string, number>> {
    const response = await fetch(`${engine.address}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const samples = new Map<string, number>();
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('# ')) continue;
      const [, series, value] = /^([a-z_]+(?:\{[a-z]+="[^"]+"\})?) (\d[\d.e+-]*)$/.exec(line) ?? [];
      assert.ok(series !== undefined && value !== undefined, `not a sample: ${line}`);
      assert.match(text, new RegExp(`^# TYPE ${/^[a-z_]+/.exec(series)![0]} (counter|gauge)$`, 'm'));
      samples.set(series, Number(value));
    }
    return samples;
  }

  it('counts what was really crawled, by transport and outcome', async () => {
    const before = await scrape();
    assert.ok(![...before.keys()].some((series) => series.startsWith('riptide_event_loop')));
    const urls = [...site.pageUrls(2), site.missingUrl];
    let receivedBytes = 0;
    for (const path of ['/crawl', '/crawl/stream', '/crawl/sse']) {
      receivedBytes += Buffer.byteLength((await post(`${engine.address}${path}`, { urls })).text);
    }
    const socket = new WebSocket(`${engine.address.replace('http', 'ws')}/crawl/ws`);
    await once(socket, 'open');
    socket.send(JSON.stringify({ request_type: 'crawl', data: { urls } }));
    for await (const [data] of on(socket, 'message') as AsyncIterable<[Buffer]>) {
      receivedBytes += data.byteLength;
      if (data.toString().startsWith('{"message_type":"summary"')) break;
    }
    const during = await scrape();
    for (const transport of ['websocket', 'ndjson', 'sse', 'http']) {
      assert.equal(during.get(`riptide_crawls_total{transport="${transport}"}`), 1, transport);
      assert.equal(during.get(`riptide_crawls_active{transport="${transport}"}`), 0, transport);
    }
    assert.equal(during.get('riptide_pages_total{outcome="succeeded"}'), 8);
    assert.equal(during.get('riptide_pages_total{outcome="failed"}'), 4);
    const sentBytes = during.get('riptide_sent_bytes_total')! - before.get('riptide_sent_bytes_total')!;
    assert.ok(sentBytes > receivedBytes, `${sentBytes} bytes sent, ${receivedBytes} received`);
    assert.ok(during.get('riptide_connections')! >= 2);
    assert.ok(during.get('process_resident_memory_bytes')! > 10_000_000);
    const delaySeconds = during.get('riptide_event_loop_delay_seconds{quantile="0.99"}');
    assert.ok(delaySeconds !== undefined && delaySeconds < 5);
    socket.close();
    await once(socket, 'close');
  });
});
