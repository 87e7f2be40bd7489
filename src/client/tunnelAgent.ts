import { HttpsProxyAgent } from 'https-proxy-agent';
import type { AgentOptions, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Network } from './network';

/** Why there is no way through the proxy. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** What the proxy answered; undefined when it did not. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** Connects to one server through a proxy by `CONNECT`, whether with TLS or without, and tells the proxy's failures from the server's. */
export class TunnelAgent extends HttpsProxyAgent<string> {
  private readonly shownProxy: string;
  private readonly isSecure: boolean;
  private readonly pending = new Set<AbortController>();
  private readonly connectTimeoutMs: number;

  constructor(url: string, network: Network, connectTimeoutMs: number, options: AgentOptions) {
    const { proxyAuthorization } = network;
    const proxy = new URL(network.proxyUrl ?? '');
    if (proxyAuthorization !== undefined) proxy.username = proxy.password = '';
    const headers = proxyAuthorization === undefined ? {} : { 'Proxy-Authorization': proxyAuthorization };
    // A certificate that is not checked of the server is not checked of the proxy either.
    const isChecked = network.acceptsAnyCertificate !== true;
    super(proxy, { ...options, headers, ...(!isChecked && { rejectUnauthorized: false }) });
    this.shownProxy = `${proxy.protocol}//${proxy.host}`;
    this.isSecure = /^(https|wss):/.test(url);
    this.connectTimeoutMs = connectTimeoutMs;
  }

  /** Otherwise guessed from the call stack, which is another one when a request had to wait for its turn. */
  override isSecureEndpoint(): boolean {
    return this.isSecure;
  }

  override destroy(): void {
    for (const abort of this.pending) abort.abort();
    super.destroy();
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    const abort = new AbortController();
    this.pending.add(abort);
    const timer = setTimeout(() => abort.abort(), this.connectTimeoutMs);
    let status: number | undefined;
    request.once('proxyConnect', (answer: { statusCode: number }) => (status = answer.statusCode));
    // Otherwise nobody could end a connection to a proxy that does not answer.
    this.connectOpts.signal = abort.signal;
    try {
      const socket = await super.connect(request, options);
      // What a proxy answers instead of a tunnel is not the server's word.
      if (status === 200) return socket;
      socket.destroy();
      throw new ProxyError(`${this.shownProxy} answered HTTP ${status ?? 0}`, status);
    } catch (error) {
      if (error instanceof ProxyError) throw error;
      const { code, message } = error as Error & { code?: string };
      const said = abort.signal.aborted
        ? `did not answer within ${this.connectTimeoutMs} ms`
        : `cannot be used (${code ?? message})`;
      throw new ProxyError(`${this.shownProxy} ${said}`, undefined, error);
    } finally {
      clearTimeout(timer);
      this.pending.delete(abort);
    }
  }
}
