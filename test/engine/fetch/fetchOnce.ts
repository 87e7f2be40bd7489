import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { PageFetcher } from '../../../src/engine/fetch/pageFetcher';
import { defaultFetchSettings } from '../../../src/engine/fetchSettings';

// Fetches the URL given as argument and prints its text, or why there is none.
const fetcher = new PageFetcher(defaultFetchSettings, () =>
  Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
);
fetcher
  .fetch(process.argv[2] ?? '', new AbortController().signal, () => undefined)
  .then((page) => console.log(Buffer.from(page.body).toString()))
  .catch((error: unknown) => {
    console.log(error instanceof CrawlFailure ? `${error.reason} ${error.message}` : error);
  })
  .finally(() => fetcher.dispose());
