import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { ProxySettings } from '../fetchSettings';
import type { Reach } from './addressRules';
import { cancelled } from './cancelled';
import type { Resolve } from './connections';
import { networkFailure, proxyFailure, timeoutFailure } from './networkFailure';
import { acceptedEncodings, openBody, readBody, type Body } from './readBody';
import { Routes, type Route } from './routes';

export interface HttpHead {
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  /** The IP address that answered. */
  address: string | null;
}

export interface HttpResponse extends HttpHead, Body {}

export interface HttpRequest {
  url: URL;
  reach: Reach;
  accept: string;
  /** Sent besides, and instead of ours of the same name. */
  headers: Readonly<Record<string, string>>;
  /** Of the decompressed body. */
  maxBytes: number;
  /** From the first step to the last byte. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Otherwise the body stays empty and its connection is dropped. */
  wantsBody(head: HttpHead): boolean;
  /** Gets the body as it arrives, and bounds it by itself; that of the response is empty then. */
  takeBody?: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
}

const connectTimeoutMs = 10_000;
const maxHeaderBytes = 64 * 1024;

/** Makes single GET requests; redirects are answers like any other. */
export class HttpClient {
  private readonly routes: Routes;
  private readonly cancelers = new Set<() => void>();

  constructor(
    private readonly userAgent: string,
    resolve: Resolve,
    proxy: ProxySettings | null,
  ) {
    this.routes = new Routes(resolve, proxy);
  }

  /** @throws {CrawlFailure} When no sound answer arrives in time. */
  async get(request: HttpRequest): Promise<HttpResponse> {
    try {
      for (;;) {
        const response = await this.exchange(request);
        if (response !== 'stale') return response;
      }
    } catch (error) {
      throw networkFailure(error, request.url);
    }
  }

  /** Ends what is under way as `cancelled`. */
  dispose(): void {
    for (const cancel of this.cancelers) cancel();
    this.routes.dispose();
  }

  private async exchange(wanted: HttpRequest): Promise<HttpResponse | 'stale'> {
    const { url, signal } = wanted;
    if (signal.aborted) throw cancelled();
    const route = await this.routes.routeTo(url, wanted.reach, signal);
    return new Promise((resolve, reject) => {
      const request = this.open(wanted, route);
      let answer: IncomingMessage | undefined;

      const settle = (): void => {
        clearTimeout(connectTimer);
        clearTimeout(totalTimer);
        signal.removeEventListener('abort', cancel);
        this.cancelers.delete(cancel);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
        (answer ?? request).destroy();
      };
      const cancel = (): void => fail(cancelled());
      const connectTimer = setTimeout(
        () => fail(timeoutFailure(url, 'accepted no connection', connectTimeoutMs)),
        connectTimeoutMs,
      );
      const totalTimer = setTimeout(
        () => fail(timeoutFailure(url, 'did not finish its answer', wanted.timeoutMs)),
        wanted.timeoutMs,
      );
      signal.addEventListener('abort', cancel);
      this.cancelers.add(cancel);

      request.on('socket', (socket) => {
        if (request.reusedSocket) clearTimeout(connectTimer);
        else
          socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () =>
            clearTimeout(connectTimer),
          );
      });
      let isThroughProxy = false;
      request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
        isThroughProxy = statusCode === 200;
        if (!isThroughProxy) fail(proxyFailure(url, `answered ${statusCode}`));
      });
      request.on('error', (error) => {
        // What is wrong with the connection after the last byte is no fault of the page.
        if (answer?.complete === true) return;
        // The server closed an idle connection just as it was lent out: that says nothing about the page.
        if (request.reusedSocket && !answer && isReset(error)) {
          settle();
          resolve('stale');
        } else if (route.isProxied && !request.reusedSocket && !answer && !isThroughProxy) {
          fail(proxyFailure(url, 'cannot be reached', error));
        } else fail(error);
      });
      request.on('close', () => {
        if (!answer) fail(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' }));
      });
      request.on('response', (response) => {
        answer = response;
        receive(response, wanted, route).then((received) => {
          settle();
          resolve(received);
        }, fail);
      });
      request.end();
    });
  }

  private open({ url, accept, headers }: HttpRequest, route: Route): http.ClientRequest {
    return (route.isTls ? https : http).request({
      ...route.options,
      maxHeaderSize: maxHeaderBytes,
      // Takes line feeds alone, folded headers and the like, as browsers do. Not where hosts share a connection.
      insecureHTTPParser: !route.isProxied,
      headers: {
        Accept: accept,
        'Accept-Encoding': acceptedEncodings,
        'User-Agent': this.userAgent,
        Host: url.host,
        ...headers,
        ...route.headers,
      },
    });
  }
}

async function receive(response: IncomingMessage, wanted: HttpRequest, route: Route): Promise<HttpResponse> {
  const head: HttpHead = {
    url: wanted.url,
    status: response.statusCode ?? 0,
    headers: response.headers,
    address: (route.isProxied ? null : response.socket.remoteAddress) ?? null,
  };
  if (route.isProxied && head.status === 407) throw proxyFailure(wanted.url, 'wants a login');
  if (wanted.wantsBody(head)) {
    if (!wanted.takeBody) return { ...head, ...(await readBody(response, wanted.maxBytes)) };
    await wanted.takeBody((await openBody(response)) as AsyncIterable<Uint8Array>);
    return { ...head, body: new Uint8Array(0), isTruncated: false };
  }
  // Nobody knows how long the unwanted body is, so a new connection later is cheaper than draining this one.
  response.on('error', () => undefined);
  response.destroy();
  return { ...head, body: new Uint8Array(0), isTruncated: false };
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
