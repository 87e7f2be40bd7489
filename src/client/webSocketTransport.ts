import WebSocket, { type ClientOptions } from 'ws';
import type { ClientError } from './clientError';
import { createAgent, tlsOptions, type Network } from './network';
import { retryAfterMs } from './retryAfter';
import { isLoopbackUrl } from './serverAddress';
import { closeTimeoutMs, type Transport, type TransportListener } from './transport';
import {
  brokenConnection,
  closedByServer,
  connectTimeout,
  failedConnect,
  refusedUpgrade,
} from './transportFailure';

/** Without contexts, which would cost more memory than they save bytes. */
const compressionOffer = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  threshold: 1024,
} as const;

/** Then other work of this thread has its turn before more is read: what waits in the network may take it tens of milliseconds. */
const maxTurnBytes = 128 * 1024;

export interface WebSocketSettings {
  url: string;
  headers: Readonly<Record<string, string>>;
  network: Network;
  connectTimeoutMs: number;
  maxMessageBytes: number;
}

/** Connects to a WebSocket. Never throws: every failure ends in `listener.onClose`. */
export function openWebSocket(settings: WebSocketSettings, listener: TransportListener): Transport {
  const { url, network, connectTimeoutMs, maxMessageBytes } = settings;
  const tunnel = network.proxyUrl === undefined ? undefined : createAgent(url, network, connectTimeoutMs);
  // The types of `ws` do not know `closeTimeout` yet; without it a lost Close holds the socket for 30 s.
  const options: ClientOptions & { closeTimeout: number } = {
    headers: settings.headers,
    ...tlsOptions(network),
    ...(tunnel && { agent: tunnel }),
    perMessageDeflate: isLoopbackUrl(url) ? false : compressionOffer,
    followRedirects: false,
    maxPayload: maxMessageBytes,
    closeTimeout: closeTimeoutMs,
  };
  // No subprotocol is offered: a 1.0 server selects none, which would end the handshake.
  const socket = new WebSocket(url, options);
  let isOpen = false;
  let isPaused = false;
  let turnBytes = 0;
  let failure: ClientError | undefined;
  const fail = (error: ClientError): void => {
    failure ??= error;
    socket.terminate();
  };
  const endTurn = (): void => {
    turnBytes = 0;
    socket.pause();
    setImmediate(() => {
      if (!isPaused) socket.resume();
    });
  };
  const connectTimer = setTimeout(() => fail(connectTimeout(url, connectTimeoutMs)), connectTimeoutMs);

  socket.on('upgrade', (response) => {
    // Only once `ws` listens itself: a first listener takes the bytes that came together with the HTTP answer.
    socket.once('open', () =>
      response.socket.on('data', (chunk: Buffer) => {
        listener.onActivity(chunk.length);
        turnBytes += chunk.length;
        if (turnBytes >= maxTurnBytes) endTurn();
      }),
    );
  });
  socket.on('unexpected-response', (_request, response) => {
    const wait = retryAfterMs(response.headers['retry-after'], Date.now());
    fail(refusedUpgrade(url, response.statusCode ?? 0, wait));
  });
  socket.on('open', () => {
    isOpen = true;
    clearTimeout(connectTimer);
    listener.onOpen();
  });
  socket.on('message', (data, isBinary) => {
    // With the default `binaryType` every message is one Buffer.
    const bytes = data as Buffer;
    if (isBinary) listener.onBinary(bytes);
    else listener.onText(bytes);
  });
  socket.on('error', (error) => {
    fail(isOpen ? brokenConnection(url, error, maxMessageBytes) : failedConnect(url, error));
  });
  socket.on('close', (code, reason) => {
    clearTimeout(connectTimer);
    tunnel?.destroy();
    listener.onClose(failure ?? closedByServer(url, code, reason.toString(), maxMessageBytes));
  });

  return {
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    pause: () => {
      isPaused = true;
      socket.pause();
    },
    resume: () => {
      isPaused = false;
      socket.resume();
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}
