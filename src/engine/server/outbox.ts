import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** The way out of one HTTP answer, at its reader's pace. */
export class Outbox {
  /** Aborts when the answer is over, be it sent or given up by the client: then nobody waits for the work any more. */
  readonly signal: AbortSignal;
  private readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    const abort = new AbortController();
    this.response = response;
    this.signal = abort.signal;
    response.once('close', () => abort.abort());
  }

  /** Resolves when the next part may come, or when nobody reads any more. */
  async write(part: string | Uint8Array): Promise<void> {
    if (this.response.write(part)) return;
    await once(this.response, 'drain', { signal: this.signal }).catch(() => undefined);
  }
}
