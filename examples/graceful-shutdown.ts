import { ClientError } from '../src/client/clientError';
import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';

/** Press Ctrl+C: the crawl ends, what has come is kept, and what is outstanding is known. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  const pause = new AbortController();
  process.once('SIGINT', () => pause.abort());
  const client = new RipTideClient(server);
  const crawl = client.crawl(
    urls,
    { concurrency: 1 },
    {
      signal: pause.signal,
      // What must not be lost is kept here: an abort drops the events that a loop has not read yet.
      onEvent: (event) => {
        if (event.message_type === 'result') console.log(`kept ${event.data.result.url}`);
      },
    },
  );
  try {
    while (!(await crawl.next()).done);
    console.log('Finished, nothing is outstanding.');
  } catch (error) {
    if (!(error instanceof ClientError && error.reason === 'cancelled')) throw error;
    const rest = crawl.outstandingIndexes().map((index) => urls[index]);
    console.log(`Paused, ${rest.length} of ${urls.length} URLs are outstanding; crawl these to go on:`);
    console.log(rest.join('\n'));
  } finally {
    // Waits until no socket and no timer is left, so that the process can end by itself.
    await client.close();
  }
}
