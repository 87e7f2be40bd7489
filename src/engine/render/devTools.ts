import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface DevToolsEvent {
  method: string;
  params: Record<string, unknown>;
  /** Of the page that it is about; not there for what is about the browser. */
  sessionId?: string;
}

interface Reply {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
  sessionId?: string;
}

interface Pending {
  resolve: (result: Record<string, unknown>) => void;
  reject: (error: Error) => void;
}

/**
 * The browser's debugging protocol over a pair of pipes: JSON, each message ended by a NUL. A pipe rather than a
 * socket, so that no other program of the machine can reach the browser, and the browser ends when its parent does.
 */
export class DevTools {
  private nextId = 1;
  private received: string[] = [];
  private readonly decoder = new StringDecoder('utf8');
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(event: DevToolsEvent) => void>();
  private closed: Error | null = null;

  constructor(
    private readonly input: Writable,
    output: Readable,
  ) {
    output.on('data', (chunk: Buffer) => this.receive(this.decoder.write(chunk)));
    output.on('error', () => this.close());
    output.on('close', () => this.close());
    input.on('error', () => this.close());
  }

  /** @throws {Error} What the browser has against it, or that it is gone. */
  send(
    method: string,
    params: Record<string, unknown>,
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(this.closed);
        return;
      }
      const id = this.nextId++;
      this.pending.set(id, { resolve, reject });
      this.input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
  }

  /** Calls `listener` for each event until the returned function is called. */
  listen(listener: (event: DevToolsEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What waits for an answer fails. */
  close(): void {
    this.closed ??= new Error('The browser ended.');
    for (const { reject } of this.pending.values()) reject(this.closed);
    this.pending.clear();
  }

  private receive(text: string): void {
    const parts = text.split('\0');
    for (const part of parts.slice(0, -1)) {
      // Pieces are joined once, when the last has come: a page's text is one message of many pieces.
      const message = this.received.join('') + part;
      this.received = [];
      this.dispatch(JSON.parse(message) as Reply);
    }
    const rest = parts.at(-1);
    if (rest) this.received.push(rest);
  }

  private dispatch({ id, method, params, result, error, sessionId }: Reply): void {
    if (id !== undefined) {
      const pending = this.pending.get(id);
      this.pending.delete(id);
      if (error) pending?.reject(new Error(error.message));
      else pending?.resolve(result ?? {});
    } else if (method !== undefined) {
      const event = { method, params: params ?? {}, ...(sessionId !== undefined && { sessionId }) };
      for (const listener of [...this.listeners]) listener(event);
    }
  }
}
