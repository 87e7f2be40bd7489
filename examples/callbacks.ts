import type { CrawlEvent } from '../src/client/crawlEvent';
import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';

/** The same events by callback, for code that is built of callbacks already. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  const client = new RipTideClient(server);
  const crawl = client.crawl(urls, null, { onEvent });
  try {
    // The iteration starts the crawl and throws its errors; whoever has seen the events need not read them in it.
    while (!(await crawl.next()).done);
  } finally {
    await client.close();
  }
}

/** Called from the socket's own receive path: note what came and return. */
function onEvent(event: CrawlEvent): void {
  // The tag tells TypeScript what `data` holds.
  switch (event.message_type) {
    case 'welcome':
      console.log(`welcome: session ${event.data.session_id}, protocol ${event.data.protocol_version}`);
      break;
    case 'metadata':
      console.log(`metadata: ${event.data.total_urls} URLs`);
      break;
    case 'result':
      console.log(`result: ${event.data.index} has HTTP status ${event.data.result.status}`);
      break;
    case 'skipped':
    case 'undeliverable':
      console.log(`${event.message_type}: ${event.data.url}, ${event.data.reason}`);
      break;
    case 'paused':
      console.log(`paused: ${event.data.message}`);
      break;
    case 'raw-result':
      // Only with `takesRawResults`, which is for code that keeps results without reading them.
      break;
    case 'reconnecting':
      console.log(`reconnecting: ${event.data.reason}`);
      break;
    case 'summary':
      console.log(`summary: ${event.data.successful} succeeded, ${event.data.failed} failed`);
  }
}
