import type { ClientError } from './clientError';
import type { CrawlTransport } from './crawlConnection';

/** From best to worst; SSE has nothing that NDJSON has not (protocol 8, trap 24). */
const order: readonly CrawlTransport[] = ['websocket', 'ndjson', 'http'];

/** Which transport a client uses: the one it was told, or the best one that its server turned out to have. */
export class TransportChoice {
  readonly isAuto: boolean;
  private readonly setting: 'auto' | CrawlTransport;
  private readonly known: Map<string, CrawlTransport>;
  private readonly url: string;
  private firstRefusal: ClientError | undefined;

  /** @param known what servers turned out to have, by their URL. */
  constructor(setting: 'auto' | CrawlTransport, known: Map<string, CrawlTransport>, url: string) {
    this.isAuto = setting === 'auto';
    this.setting = setting;
    this.known = known;
    this.url = url;
  }

  get current(): CrawlTransport {
    return this.setting === 'auto' ? (this.known.get(this.url) ?? 'websocket') : this.setting;
  }

  /** Notes that the server lacks `missing`. True when another transport is to be tried; that one is remembered. */
  fallBack(missing: CrawlTransport, error: ClientError): boolean {
    if (!this.isAuto || (error.reason !== 'no-websocket' && error.reason !== 'no-endpoint')) return false;
    // Another connection has found the same before.
    if (missing !== this.current) return true;
    this.firstRefusal ??= error;
    const next = order[order.indexOf(missing) + 1];
    // It may be no RipTide at all, or one that is being replaced: the next crawl begins anew.
    if (next === undefined) this.known.delete(this.url);
    else this.known.set(this.url, next);
    return next !== undefined;
  }

  /** What to tell of a server that has no transport at all. */
  explain(error: ClientError): ClientError {
    const first = this.firstRefusal;
    if (!this.isAuto || first === undefined || error.reason !== 'no-endpoint') return error;
    return first.withMessage(`${first.message} Nor does it crawl by HTTP: ${error.message}`);
  }
}
