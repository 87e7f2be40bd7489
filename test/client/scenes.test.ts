import assert from 'node:assert/strict';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import type { RipTideClientOptions } from '../../src/client/ripTideClient';
import type { CrawlOptions } from '../../src/protocol/messages';
import type { FakePeer, FakeRipTide, FakeScript } from '../support/fakeRipTide';
import { ClientBench, collect, failureOf, resultsOf } from '../support/clientBench';
import { encodeFrame, opcodes } from '../support/webSocketFrames';
import { turns, untilSettled } from '../support/passTime';

type Answer = (peer: FakePeer, urls: string[]) => void | Promise<void>;

const never = (): Promise<void> => new Promise(() => undefined);
const summary = (total_urls: number, successful: number) => ({
  total_urls,
  successful,
  failed: 0,
  total_processing_time_ms: 7,
});
const pages = (count: number, query = ''): string[] =>
  Array.from({ length: count }, (_, at) => `https://site.example/page${at}${query}`);

/** Answers crawls as `answer` does on the first connections, and properly afterwards. */
function onFirst(connections: number, answer: Answer): (server: () => FakeRipTide) => FakeScript {
  return (server) => ({
    onRequest: (peer, request) => {
      const isFaulty = server().peers.indexOf(peer) < connections;
      if (!isFaulty || request.request_type !== 'crawl') return peer.answer(request);
      return answer(peer, request.data.urls);
    },
  });
}

function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame(opcodes.close, payload);
}

/** Begins as a healthy server would, and stops after a third of the results. */
function begin(peer: FakePeer, urls: string[]): void {
  peer.sendMetadata(urls.length);
  const third = Math.floor(urls.length / 3);
  for (let at = 0; at < third; at += 1) peer.sendResult(at, urls[at]!, at + 1, urls.length);
}

/** Whatever the server does with these, no URL may be without its one outcome at the end. */
const scenes: Record<string, (server: () => FakeRipTide) => FakeScript> = {
  'answers properly': () => ({}),

  'reads a request and says nothing': onFirst(1, never),

  'says nothing for good once results went out slowly': (server) => ({
    // 24 results go through; then neither the rest, nor the summary, nor anything of a later crawl; pings are answered.
    onRequest: (peer, request) => {
      if (request.request_type !== 'crawl' || server().peers.indexOf(peer) > 1) return peer.answer(request);
      const isLatched = peer.requests.filter((past) => past.request_type === 'crawl').length > 1;
      if (isLatched) return;
      const { urls } = request.data;
      peer.sendMetadata(urls.length);
      for (let at = 0; at < Math.min(24, urls.length); at += 1) {
        peer.sendResult(urls.length - 1 - at, urls[urls.length - 1 - at]!, at + 1, urls.length);
      }
    },
  }),

  'is wedged: it reads nothing more on the connection': onFirst(1, (peer, urls) => {
    begin(peer, urls);
    return never();
  }),

  'finds its reader slow, and sums up without the rest, at once for every later crawl': onFirst(
    1,
    (peer, urls) => {
      if (peer.requests.length === 1) begin(peer, urls);
      else peer.sendMetadata(urls.length);
      peer.send(
        'summary',
        summary(urls.length, peer.requests.length === 1 ? Math.floor(urls.length / 3) : 0),
      );
    },
  ),

  'sums up what it never sent': onFirst(1, (peer, urls) => {
    begin(peer, urls);
    peer.send('summary', summary(urls.length, urls.length));
  }),

  'sums up another number than was asked for': onFirst(1, (peer, urls) => {
    begin(peer, urls);
    peer.send('summary', summary(1, 1));
  }),

  'never sums up': onFirst(9, (peer, urls) => {
    peer.sendMetadata(urls.length);
    urls.forEach((url, at) => peer.sendResult(at, url, at + 1, urls.length));
  }),

  'reports an error in the middle': onFirst(1, (peer, urls) => {
    begin(peer, urls);
    peer.send('error', { error_type: 'internal_error', message: 'a job went down' });
  }),

  'ends TCP without a Close frame': onFirst(2, (peer, urls) => {
    begin(peer, urls);
    peer.drop();
  }),

  ...Object.fromEntries(
    [1000, 1001, 1009, 1011, 1012, 1013].map((code) => [
      `closes with ${code}`,
      onFirst(1, (peer, urls) => {
        begin(peer, urls);
        peer.sendBytes(closeFrame(code));
      }),
    ]),
  ),

  'answers pings only after the crawl, twice, and then pings in a burst': onFirst(9, async (peer, urls) => {
    peer.sendFrame(opcodes.pong, Buffer.from('unasked'));
    await peer.answer({ request_type: 'crawl', data: { urls } });
    for (let missed = 0; missed < 12; missed += 1) {
      peer.sendFrame(opcodes.pong, Buffer.from('late'));
      peer.sendFrame(opcodes.pong, Buffer.from('late'));
      peer.sendFrame(opcodes.ping, Buffer.from('1795370625240'));
    }
  }),

  'sends each result twice, and some of nothing that was asked for': onFirst(9, (peer, urls) => {
    peer.sendMetadata(urls.length);
    peer.sendResult(urls.length + 5, 'https://site.example/stray', 1, urls.length);
    urls.forEach((url, at) => {
      peer.sendResult(at, url, at + 1, urls.length);
      peer.sendResult(at, url, at + 1, urls.length);
    });
    peer.send('summary', summary(urls.length, urls.length));
  }),

  'tags its messages with `type`': () => ({
    onOpen: (peer) => {
      const { sendText } = peer;
      peer.sendText = (text) => sendText.call(peer, text.replace('"message_type":', '"type":'));
      peer.greet();
    },
  }),

  'mixes in messages of a later protocol, and binary ones': onFirst(9, async (peer, urls) => {
    peer.sendText('{"message_type":"heartbeat","data":{}}');
    peer.sendFrame(opcodes.binary, Buffer.from('{"message_type":"summary"}'));
    await peer.answer({ request_type: 'crawl', data: { urls } });
  }),

  'breaks a message off': onFirst(1, (peer, urls) => {
    begin(peer, urls);
    peer.sendText('{"message_type":"result","data":{"index":3,"result":{"ur');
  }),
};

const lists: Record<string, string[]> = {
  'one URL': pages(1),
  'sixty URLs, some twice and some failing': [
    ...pages(50).map((url, at) => (at % 7 === 3 ? `${url}?fail=1` : url)),
    ...pages(10),
  ],
  'URLs in every script, some of which it refuses': [
    'https://site.example/ünïcödé/日本',
    ...pages(7),
    'https://site.example/data.json',
    'https://site.example/a?refuse=1',
    'ftp://site.example/x',
    'no URL at all',
  ],
};

describe('no page is lost and no crawl hangs where a server', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  async function crawl(
    script: (server: () => FakeRipTide) => FakeScript,
    urls: string[],
    options: CrawlOptions | null = null,
    clientOptions: Omit<RipTideClientOptions, 'address'> = {},
  ): Promise<CrawlEvent[]> {
    const clock = bench.stopTime();
    const server: FakeRipTide = await bench.serve(script(() => server));
    const client = bench.client(server.address, { random: () => 0, ...clientOptions });
    const running = client.crawl(urls, options);
    const events = await untilSettled(clock, collect(running));
    const { asked, succeeded, failed, skipped, outstanding } = running.counts;
    assert.deepEqual({ asked, outstanding }, { asked: urls.length, outstanding: 0 });
    assert.equal(succeeded + failed + skipped, urls.length);
    return events;
  }

  for (const [what, script] of Object.entries(scenes)) {
    for (const [list, urls] of Object.entries(lists)) {
      it(`${what}: ${list}`, async () => {
        const events = await crawl(script, urls);
        const settled = events.flatMap((event) =>
          event.message_type === 'result' ||
          event.message_type === 'skipped' ||
          event.message_type === 'undeliverable'
            ? [event.data.index]
            : [],
        );
        assert.deepEqual(
          settled.sort((one, other) => one - other),
          [...urls.keys()],
        );
        for (const [index, url] of resultsOf(events)) assert.equal(url, urls[index]);
      });
    }
  }

  it('does not read options of another spelling: it ends with a reason, and the account says what is left', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve();
    const misspelt = { render_mode: 'static' } as unknown as CrawlOptions;
    const running = bench.client(server.address, { random: () => 0 }).crawl(pages(3), misspelt);
    const error = await untilSettled(clock, failureOf(collect(running), 'response-timeout'));
    assert.match(error.message, /check the crawl options/);
    assert.equal(running.counts.outstanding, 3);
  });

  it('runs one crawl of a connection after the other: more than a hundred URLs come as two crawls', async () => {
    const events = await crawl(() => ({}), pages(130), null, { maxConnectionsPerCrawl: 1 });
    assert.equal(resultsOf(events).length, 130);
  });

  it('is wedged by a status: the crawl beside it is not, nor is the next ping', async () => {
    let release = (): void => undefined;
    const server = await bench.serve({
      onRequest: async (peer, request) => {
        if (request.request_type === 'crawl') await new Promise<void>((resolve) => (release = resolve));
        return peer.answer(request);
      },
    });
    const client = bench.client(server.address);
    const reading = collect(client.crawl(pages(5)));
    await server.until(() => server.peers[0]?.requests.length === 1);
    await client.status();
    assert.notEqual((await client.ping()).sessionId, '');
    release();
    assert.equal(resultsOf(await reading).length, 5);
  });

  it('ignores a Close until its crawl is over: an abort does not wait for it', async () => {
    const server = await bench.serve({
      onRequest: (peer) => {
        peer.sendMetadata(2);
        return never();
      },
    });
    const controller = new AbortController();
    const running = bench.client(server.address).crawl(pages(2), null, { signal: controller.signal });
    const reading = failureOf(collect(running), 'cancelled');
    await server.until(() => server.peers[0]?.requests.length === 1);
    controller.abort();
    await reading;
    assert.equal(running.counts.outstanding, 2);
  });
});

describe('silence', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('of 120 s in a crawl, without even a ping of the server, ends nothing', async () => {
    const clock = bench.stopTime();
    const [url = ''] = pages(1);
    const server = await bench.serve({ onRequest: (peer) => peer.sendMetadata(1) });
    const running = bench.client(server.address).crawl([url]);
    await running.next();
    await running.next();
    for (let second = 0; second < 120; second += 1) {
      clock.tick(1000);
      await turns(2);
    }
    assert.equal(server.openPeers.length, 1);
    server.peers[0]!.sendResult(0, url, 1, 1);
    assert.equal((await running.next()).value?.message_type, 'result');
    assert.equal(server.peers.length, 1);
  });

  it('of an idle connection that is half open is noticed within 45 s', async () => {
    const clock = bench.stopTime();
    const server = await bench.serve();
    const client = bench.client(server.address);
    await client.ping();
    // The other end is there and open, and takes in nothing any more.
    server.peers[0]!.freeze();
    let seconds = 0;
    for (; client.connection.kind === 'open'; seconds += 1) {
      clock.tick(1000);
      await turns(2);
    }
    assert.ok(seconds <= 45, `${seconds} s`);
    assert.equal((await client.ping()).sessionId, 'session-2');
  });
});
