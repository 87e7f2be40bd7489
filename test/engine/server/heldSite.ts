import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web site on loopback that answers a page only when the test lets it. */
export class HeldSite {
  /** Paths asked for so far. */
  readonly requested: string[] = [];
  private readonly held = new Map<string, ServerResponse>();
  private readonly left = new Set<string>();
  private readonly activity = new EventEmitter();
  /** @param answer What a page is answered with at once, instead of being held. */
  constructor(private readonly answer: (path: string) => string | undefined = () => undefined) {}

  private readonly server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/robots.txt') {
      response.writeHead(404).end();
      return;
    }
    this.requested.push(path);
    const answer = this.answer(path);
    if (answer !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(answer);
      return;
    }
    this.held.set(path, response);
    response.once('close', () => {
      if (!response.writableFinished) this.left.add(path);
      this.activity.emit('any');
    });
    this.activity.emit('any');
  });

  async listen(): Promise<void> {
    this.activity.setMaxListeners(0);
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Answers a page once it is asked for. */
  async release(path: string, body = `<h1>${path}</h1><p>The tide turns at ${path}.</p>`): Promise<void> {
    await this.until(() => this.held.has(path));
    this.held.get(path)?.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(body);
  }

  /** Resolves when a page has been asked for. */
  asked(path: string): Promise<void> {
    return this.until(() => this.held.has(path));
  }

  /** Resolves when the crawler has hung up on a page that it never got. */
  givenUp(path: string): Promise<void> {
    return this.until(() => this.left.has(path));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.activity, 'any');
  }
}
