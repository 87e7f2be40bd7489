import {
  crawlControlExtension,
  creditExtension,
  requestIdsExtension,
  resumeFromExtension,
  siteCrawlsExtension,
  type ClientMessage,
  type CrawlRequest,
  type FoundPage,
} from '../../src/protocol/messages';
import { pageOf, type FakePeer, type FakeScript } from './fakeRipTide';
import { unpackPages } from './resumedPages';

export const home = 'https://site.example/';

/** What the server does instead of sending the result of this URL. Returns whether the crawl goes on. */
export type Interruption = (peer: FakePeer, url: string) => boolean | Promise<boolean>;

/** What links to what. A link to another host is out of scope, and what lies deeper than asked is left out. */
export type Links = Readonly<Record<string, readonly string[]>>;

/** A server of site crawls that answers as the protocol says, one page after the other. */
export class FakeSite implements FakeScript {
  readonly requests: CrawlRequest[] = [];
  /** Of each crawl, in their order. */
  readonly requestIds: (string | undefined)[] = [];
  private readonly links: Links;
  private readonly interrupt: Interruption;

  constructor(links: Links, interrupt: Interruption = () => true) {
    this.links = links;
    this.interrupt = interrupt;
  }

  readonly onOpen = (peer: FakePeer): void =>
    peer.greet([
      ...[requestIdsExtension, crawlControlExtension, creditExtension, resumeFromExtension],
      siteCrawlsExtension,
    ]);

  readonly onRequest = async (peer: FakePeer, message: ClientMessage): Promise<void> => {
    if (message.request_type === 'resume_from') forget(peer, message.data.request_id);
    if (message.request_type !== 'crawl') return;
    this.requests.push(message.data);
    this.requestIds.push(message.request_id);
    await this.crawl(peer, message.data);
  };

  private async crawl(peer: FakePeer, { urls, site }: CrawlRequest): Promise<void> {
    const resumed = site?.resumed ? unpackPages(site.resumed.pages) : null;
    const known = new Set(resumed?.map(({ url }) => url) ?? urls);
    const queue = (resumed ?? urls.map((url) => ({ url, state: { kind: 'outstanding' as const, depth: 0 } })))
      .flatMap(({ url, state }) => (state.kind === 'outstanding' ? [{ url, depth: state.depth }] : []))
      .map((page, index) => ({ ...page, index }));
    let total = queue.length;
    peer.sendMetadata(total);
    let done = 0;
    for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
      const { url, depth } = page;
      const links = (this.links[url] ?? []).filter((link) => !known.has(link));
      const found = links.map((link): FoundPage => {
        known.add(link);
        const skipped = this.skip(link, depth + 1, site?.max_depth ?? 0);
        return { index: total++, url: link, depth: depth + 1, found_on: url, skipped };
      });
      if (found.length > 0) peer.send('found', { pages: found });
      queue.push(...found.filter(({ skipped }) => skipped === null));
      if (!(await this.interrupt(peer, url))) return;
      done += 1;
      peer.send('result', {
        index: page.index,
        result: pageOf(url),
        progress: { completed: done, total, success_rate: 1 },
      });
    }
    peer.send('summary', { total_urls: total, successful: done, failed: 0, total_processing_time_ms: 1 });
  }

  private skip(url: string, depth: number, maxDepth: number): FoundPage['skipped'] {
    if (!url.startsWith(home)) return { rule: 'scope', message: 'leads to another host' };
    return depth > maxDepth ? { rule: 'depth', message: `is ${depth} links away` } : null;
  }
}

/** A server that was started anew. */
function forget(peer: FakePeer, requestId: string): void {
  const data = { error_type: 'unknown_crawl', message: 'no such crawl' };
  peer.sendText(JSON.stringify({ message_type: 'error', request_id: requestId, data, timestamp: '' }));
}
