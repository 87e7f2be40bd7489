import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { defaultFetchSettings, type FetchSettings } from '../../../src/engine/fetchSettings';
import type { Resolve } from '../../../src/engine/fetch/connections';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import type { FetchedPage } from '../../../src/engine/fetch/fetchedPage';

export interface TestServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  origin: string;
  connections: number;
  sockets: Set<Socket>;
}

/** Servers and fetchers of one test, all gone after it. */
export class TestNet {
  private readonly servers: { server: Server; sockets: Set<Socket> }[] = [];
  private readonly fetchers: PageFetcher[] = [];

  async listen(server: Server): Promise<TestServer> {
    const sockets = new Set<Socket>();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const listening = { port, origin: `http://127.0.0.1:${port}`, connections: 0, sockets };
    server.on('connection', (socket: Socket) => {
      listening.connections++;
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    this.servers.push({ server, sockets });
    return listening;
  }

  /** Answers 404 for robots.txt unless the listener is to see it too. */
  serve(listener: RequestListener, seesRobots = false): Promise<TestServer> {
    return this.listen(
      http.createServer((request, response) => {
        if (request.url !== '/robots.txt' || seesRobots) listener(request, response);
        else response.writeHead(404).end();
      }),
    );
  }

  /** Gives each connection to `talk` once a request for a page has come; robots.txt is answered by 404. */
  serveRaw(talk: (socket: Socket) => void): Promise<TestServer> {
    return this.listen(
      net.createServer((socket) => {
        socket.on('data', (data) => {
          if (!data.toString('latin1').startsWith('GET /robots.txt ')) talk(socket);
          else socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
        });
      }),
    );
  }

  fetcher(settings: Partial<FetchSettings> = {}, resolve?: Resolve): PageFetcher {
    const fetcher = new PageFetcher({ ...defaultFetchSettings, delayMs: 0, ...settings }, resolve, () => 0);
    this.fetchers.push(fetcher);
    return fetcher;
  }

  get(url: string, settings: Partial<FetchSettings> = {}, resolve?: Resolve): Promise<FetchedPage> {
    return fetchPage(this.fetcher(settings, resolve), url);
  }

  close(): void {
    for (const fetcher of this.fetchers.splice(0)) fetcher.dispose();
    for (const { server, sockets } of this.servers.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  }
}

export function fetchPage(
  fetcher: PageFetcher,
  url: string,
  signal = new AbortController().signal,
): Promise<FetchedPage> {
  return fetcher.fetch(url, signal, () => undefined);
}

/** The failure that a promise rejects with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<CrawlFailure> {
  const outcome = await promise.then(
    () => 'no failure at all',
    (error: unknown) => error,
  );
  if (outcome instanceof CrawlFailure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}

/** Resolves each name to the addresses given, anything else as unknown. */
export function resolveTo(names: Record<string, string[]>): Resolve {
  return (hostname) => {
    const addresses = names[hostname];
    if (!addresses) return Promise.reject(Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' }));
    return Promise.resolve(
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}
