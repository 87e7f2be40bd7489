import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import assert from 'node:assert/strict';
import { ClientError, type ClientErrorReason } from '../../src/client/clientError';
import type { CrawlEvent } from '../../src/client/crawlEvent';
import { RipTideClient, type RipTideClientOptions } from '../../src/client/ripTideClient';
import { FakeRipTide, type FakeScript } from './fakeRipTide';

/** A fake server and clients of it, all ended together. */
export class ClientBench {
  private readonly servers: FakeRipTide[] = [];
  private readonly clients: RipTideClient[] = [];
  private clock: Clock | undefined;

  async serve(script: FakeScript = {}): Promise<FakeRipTide> {
    const server = await FakeRipTide.start(script);
    this.servers.push(server);
    return server;
  }

  client(address: string, options: Omit<RipTideClientOptions, 'address'> = {}): RipTideClient {
    const client = new RipTideClient({ address, ...options });
    this.clients.push(client);
    return client;
  }

  /** Stops the time of timers and of `performance`; sockets go on. */
  stopTime(): Clock {
    this.clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    return this.clock;
  }

  async end(): Promise<void> {
    this.clock?.uninstall();
    this.clock = undefined;
    // Servers first: a client whose close timer stood on the fake clock would wait for it.
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
    await Promise.all(this.clients.splice(0).map((client) => client.close()));
  }
}

/** The ClientError that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>, reason: ClientErrorReason): Promise<ClientError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ClientError, String(error));
    assert.equal(error.reason, reason, error.message);
    return error;
  }
  assert.fail(`expected the reason ${reason}, but nothing failed`);
}

export async function collect(crawl: AsyncIterable<CrawlEvent>): Promise<CrawlEvent[]> {
  const messages: CrawlEvent[] = [];
  for await (const message of crawl) messages.push(message);
  return messages;
}

export function typesOf(messages: readonly CrawlEvent[]): string[] {
  return messages.map((message) => message.message_type);
}

/** Index and URL of each result, in the order they came. */
export function resultsOf(messages: readonly CrawlEvent[]): [number, string][] {
  return messages.flatMap((message) =>
    message.message_type === 'result'
      ? [[message.data.index, message.data.result.url] as [number, string]]
      : [],
  );
}
