import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { decodeServerMessage } from '../../../src/protocol/decodeServerMessage';
import type { ServerMessage, ServerMessageOf, ServerMessageType } from '../../../src/protocol/messages';

/** A WebSocket that keeps all it gets and lets a test wait for it. */
export class Wire {
  /** Those that no test has waited for yet. */
  readonly messages: ServerMessage[] = [];
  readonly binary: Buffer[] = [];
  readonly socket: WebSocket;
  private wake = (): void => undefined;

  constructor(address: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/crawl/ws`, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(data);
      else this.messages.push(decodeServerMessage(data.toString()));
      this.wake();
    });
  }

  static async open(address: string, options: ClientOptions = {}): Promise<Wire> {
    const wire = new Wire(address, options);
    await wire.next('welcome');
    return wire;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message of that type; those before it are dropped. */
  async next<Type extends ServerMessageType>(type: Type): Promise<ServerMessageOf<Type>> {
    for (;;) {
      const at = this.messages.findIndex((message) => message.message_type === type);
      if (at >= 0) return this.messages.splice(0, at + 1).at(-1) as ServerMessageOf<Type>;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** The next message, of whatever type. */
  async any(): Promise<ServerMessage> {
    for (;;) {
      const message = this.messages.shift();
      if (message) return message;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** All that has come until the server answers a ping, and was not waited for. */
  async soFar(): Promise<ServerMessage[]> {
    this.send({ request_type: 'ping', data: {}, request_id: 'so far' });
    const messages: ServerMessage[] = [];
    for (;;) {
      const message = await this.any();
      if (message.request_id === 'so far') return messages;
      messages.push(message);
    }
  }

  async end(): Promise<void> {
    this.socket.terminate();
    await once(this.socket, 'close');
  }
}
