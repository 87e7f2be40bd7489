import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ClientError } from './clientError';
import { createAgent, tlsOptions, type Network } from './network';
import { brokenConnection, connectTimeout, failedConnect } from './transportFailure';

export interface HttpChannelSettings {
  headers: Readonly<Record<string, string>>;
  network: Network;
  connectTimeoutMs: number;
  maxMessageBytes: number;
}

export interface HttpCall {
  url: string;
  method: 'GET' | 'POST';
  accept: string;
  /** JSON. */
  body?: string;
}

/** After `onEnd` or `onFail` nothing more comes, nor after the call was aborted. */
export interface HttpListener {
  /** `isWarm` when the connection had been open before. */
  onHead(response: IncomingMessage, isWarm: boolean): void;
  onChunk(chunk: Buffer): void;
  /** The answer has come whole. */
  onEnd(): void;
  onFail(error: ClientError): void;
}

type CodedError = Error & { code?: string };

/** One kept-alive connection for HTTP calls, one at a time: a second call waits until the first is answered. */
export class HttpChannel {
  /** Resolves when no socket is left; never rejects. */
  readonly closed: Promise<void>;
  private readonly settings: HttpChannelSettings;
  private readonly agent: http.Agent;
  private readonly sockets = new Set<Socket>();
  private readonly calls = new Set<() => void>();
  private resolveClosed = (): void => undefined;
  /** The last one. */
  private response: IncomingMessage | undefined;
  private isPaused = false;
  private isOver = false;

  constructor(url: string, settings: HttpChannelSettings) {
    this.settings = settings;
    this.agent = createAgent(url, settings.network, settings.connectTimeoutMs);
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  /** Returns what aborts the call: its request is closed, and the listener hears nothing more. */
  call(call: HttpCall, listener: HttpListener): () => void {
    let timer: NodeJS.Timeout | undefined;
    let request: ClientRequest | undefined;
    const leave = (): boolean => {
      clearTimeout(timer);
      return this.calls.delete(abort);
    };
    const abort = (): void => {
      if (leave()) request?.destroy();
    };
    const fail = (error: ClientError): void => {
      if (!leave()) return;
      request?.destroy();
      listener.onFail(error);
    };
    const attempt = (): void => {
      const sent = this.open(call);
      request = sent;
      let isConnected = false;
      let hasHead = false;
      sent.on('socket', (socket) => {
        this.watch(socket);
        const connected = (): void => {
          isConnected = true;
          clearTimeout(timer);
        };
        // The way through a proxy is there before the request gets its socket.
        if (sent.reusedSocket || (!isTls(socket) && !socket.connecting)) {
          connected();
          return;
        }
        const { connectTimeoutMs } = this.settings;
        timer = setTimeout(() => fail(connectTimeout(call.url, connectTimeoutMs)), connectTimeoutMs);
        socket.once(isTls(socket) ? 'secureConnect' : 'connect', connected);
      });
      sent.on('response', (response) => {
        hasHead = true;
        this.response = response;
        if (this.isPaused) response.pause();
        if (!this.calls.has(abort)) return;
        listener.onHead(response, sent.reusedSocket);
        response.on('data', (chunk: Buffer) => {
          if (this.calls.has(abort)) listener.onChunk(chunk);
        });
        response.on('end', () => {
          if (response.complete && leave()) listener.onEnd();
        });
        response.on('error', (error) => fail(this.failure(call.url, error, true)));
      });
      sent.on('error', (error: CodedError) => {
        // The server closed the idle connection just as it was used again, so it has not read this call.
        const isStale = sent.reusedSocket && !hasHead && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '');
        if (isStale && this.calls.has(abort)) attempt();
        else fail(this.failure(call.url, error, isConnected));
      });
      sent.end(call.body);
    };
    this.calls.add(abort);
    attempt();
    return abort;
  }

  /** Also the answers to later calls wait, until `resume`. */
  pause(): void {
    this.isPaused = true;
    this.response?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.response?.resume();
  }

  /** Ends all calls without a word to their listeners. */
  close(): void {
    this.isOver = true;
    for (const abort of [...this.calls]) abort();
    this.forgetForeign();
    this.agent.destroy();
    if (this.sockets.size === 0) this.resolveClosed();
  }

  private open({ url, method, accept, body }: HttpCall): ClientRequest {
    const content =
      body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    return (url.startsWith('https:') ? https : http).request(url, {
      method,
      agent: this.agent,
      ...tlsOptions(this.settings.network),
      // Compressed lines are held back by the server until its buffer fills (protocol 3.1).
      headers: { ...this.settings.headers, ...content, Accept: accept, 'Accept-Encoding': 'identity' },
    });
  }

  /** The editor may put an agent of its own in the place of ours, whose idle connections are not ours to end. */
  private forgetForeign(): void {
    const { sockets, freeSockets } = this.agent;
    const own = new Set([sockets, freeSockets].flatMap((pool) => Object.values(pool)).flat());
    for (const socket of this.sockets) {
      if (!socket.destroyed && !own.has(socket)) this.sockets.delete(socket);
    }
  }

  private watch(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.isOver && this.sockets.size === 0) this.resolveClosed();
    });
  }

  private failure(url: string, cause: CodedError, isConnected: boolean): ClientError {
    if (!isConnected) return failedConnect(url, cause);
    if (cause.code?.startsWith('HPE_')) {
      const text = `What answers at ${url} is no HTTP (${cause.code}). Check the server address.`;
      return new ClientError('bad-handshake', text, { cause });
    }
    return brokenConnection(url, cause, this.settings.maxMessageBytes);
  }
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket;
}
