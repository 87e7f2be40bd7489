import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';

/** A crawl is an async iteration: each page comes as soon as it is done, in whatever order that is. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  const client = new RipTideClient(server);
  try {
    for await (const event of client.crawl(urls)) {
      if (event.message_type !== 'result') continue;
      // The index is the place in `urls`, and the only key: a list may hold a URL twice.
      const { index, result } = event.data;
      if (result.error) console.log(`${index}  failed: ${result.error.message}`);
      else console.log(`${index}  ${result.url}  ${result.document?.markdown?.length ?? 0} characters`);
    }
  } finally {
    await client.close();
  }
}
