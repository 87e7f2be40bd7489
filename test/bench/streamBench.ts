import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { ListPlan } from '../../src/app/crawlPlan';
import { CrawlRun } from '../../src/app/crawlRun';
import type { Logger } from '../../src/base/logger';
import { RipTideClient } from '../../src/client/ripTideClient';
import { maxUrlsPerCrawl } from '../../src/protocol/limits';
import type { CrawlStore } from '../../src/store/crawlStore';
import type { CrawlRecord } from '../../src/store/records';
import { StoreFolder } from '../support/openStore';

const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** As the client does by default. */
const connectionsPerCrawl = 2;

/** A server of made-up results in a process of its own, and a real store on disk. */
export class StreamBench {
  private readonly server: ChildProcess;
  private readonly port: string;
  private readonly folder: StoreFolder;
  private readonly store: CrawlStore;
  private crawls = 0;

  private constructor(server: ChildProcess, port: string, folder: StoreFolder, store: CrawlStore) {
    this.server = server;
    this.port = port;
    this.folder = folder;
    this.store = store;
  }

  static async start(): Promise<StreamBench> {
    const command = ['--import', 'tsx', 'test/bench/resultServer.ts'];
    const server = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(createInterface(server.stdout), 'line')) as [string];
    const folder = await StoreFolder.create();
    return new StreamBench(server, port, folder, await folder.open());
  }

  /** What the client does at the least: `ws` and `JSON.parse`, with as many connections. */
  async receiveAlone(count: number, size: number): Promise<void> {
    const batches = batchesOf(urlsOf(count, size));
    let received = 0;
    await Promise.all(
      Array.from({ length: connectionsPerCrawl }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${this.port}/crawl/ws`, { perMessageDeflate: false });
        const ask = (): void => {
          const urls = batches.shift();
          if (urls) socket.send(JSON.stringify({ request_type: 'crawl', data: { urls } }));
          else socket.close();
        };
        socket.on('message', (data) => {
          const message = JSON.parse((data as Buffer).toString()) as { message_type: string };
          if (message.message_type === 'result') received += 1;
          else if (message.message_type !== 'metadata') ask();
        });
        await once(socket, 'close');
      }),
    );
    if (received !== count) throw new Error(`Received ${received} of ${count} results`);
  }

  /** A crawl that is ready to go, so that what is measured begins with its first byte. */
  async prepare(count: number, size: number): Promise<() => Promise<void>> {
    const { store } = this;
    const urls = urlsOf(count, size);
    const id = `crawl-${(this.crawls += 1)}`;
    const crawl = await store.createCrawl({ id, title: id, server: 'bench', startedAtMs: Date.now(), urls });
    const run = new CrawlRun({
      store,
      source: { name: 'bench', withClient: (_signal, work) => this.withClient(work) },
      crawl,
      plan: new ListPlan(count, new Map(urls.entries()), {}),
      decideFailing: () => Promise.resolve('go-on'),
      logger,
      onProgress: silent,
    });
    return async () => assertStored(await run.run(), count);
  }

  async end(): Promise<void> {
    this.server.stdin?.end();
    await this.folder.dispose();
  }

  private async withClient(work: (client: RipTideClient) => Promise<void>): Promise<void> {
    const client = new RipTideClient({ address: `http://127.0.0.1:${this.port}` });
    await work(client);
    await client.close();
  }
}

function urlsOf(count: number, size: number): string[] {
  return Array.from({ length: count }, (_, at) => `https://bench.test/${size}/${at}`);
}

function batchesOf(urls: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let at = 0; at < urls.length; at += maxUrlsPerCrawl)
    batches.push(urls.slice(at, at + maxUrlsPerCrawl));
  return batches;
}

function assertStored({ state, counts }: CrawlRecord, count: number): void {
  if (state.kind === 'completed' && counts.succeeded === count) return;
  throw new Error(`The crawl is ${JSON.stringify(state)} with ${JSON.stringify(counts)}`);
}
