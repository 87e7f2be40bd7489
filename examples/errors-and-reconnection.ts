import { ClientError } from '../src/client/clientError';
import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';
import { startFlakyLine } from './support/flakyLine';

/** Three kinds of failure: of a page, of the connection (mended by the client itself), and of the whole crawl. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  await crawlThroughFailures(server, [...urls, 'ftp://host.example/no-web-page']);
  await crawlNowhere(urls);
}

async function crawlThroughFailures(server: ExampleInput['server'], urls: string[]): Promise<void> {
  // To show a reconnection, the first connection breaks. With a server behind TLS, nothing is put in between.
  const line = /^(http|ws):/.test(server.address) ? await startFlakyLine(server.address, 8000) : undefined;
  const client = new RipTideClient({ ...server, address: line?.address ?? server.address });
  const crawl = client.crawl(urls);
  try {
    for await (const { message_type: type, data } of crawl) {
      if (type === 'reconnecting') {
        console.log(
          `connection: ${data.reason}, ${data.outstanding} outstanding, next in ${data.delayMs} ms`,
        );
      } else if (type === 'skipped') {
        console.log(`skipped ${data.url}: ${data.reason}`);
      } else if (type === 'result' && data.result.error) {
        // The built-in engine tells the cause; only then does `retryable` mean anything.
        const { error_type: cause, message, retryable } = data.result.error;
        console.log(`failed (${cause}, ${retryable ? 'may pass' : 'lasting'}): ${message}`);
      }
    }
  } finally {
    await client.close();
    line?.close();
  }
  // Whatever happened, nothing is lost and nothing came twice.
  const { asked, succeeded, failed, skipped, outstanding } = crawl.counts;
  console.log(
    `${asked} = ${succeeded} succeeded + ${failed} failed + ${skipped} skipped + ${outstanding} outstanding`,
  );
}

/** Nothing listens on port 9 of most computers: the tries run out, and the iteration throws. */
async function crawlNowhere(urls: string[]): Promise<void> {
  const client = new RipTideClient({ address: 'http://127.0.0.1:9', maxRetries: 1 });
  try {
    for await (const event of client.crawl(urls)) console.log(event.message_type);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // `reason` is stable and for code, the message is for people.
    console.log(`${error.reason}: ${error.message}`);
  } finally {
    await client.close();
  }
}
