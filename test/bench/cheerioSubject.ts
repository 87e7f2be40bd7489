/** A subject of `against.ts`: `PACKAGES URL COUNT`. Crawls by CheerioCrawler, title and links only. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CrawlSpeed } from './crawlSpeed';

interface Selection {
  text(): string;
  get(): { attribs: Record<string, string> }[];
}

interface Page {
  $: (selector: string) => Selection;
  request: { url: string };
}

interface Crawlee {
  Configuration: new (options: object) => object;
  CheerioCrawler: new (options: object, configuration: object) => { run(urls: string[]): Promise<unknown> };
}

async function main(): Promise<void> {
  const [packages = '', site = '', count = ''] = process.argv.slice(2);
  const crawlee = createRequire(join(packages, 'package.json'))('@crawlee/cheerio') as Crawlee;
  const titles: string[] = [];
  let links = 0;
  const requestHandler = ({ $, request }: Page): void => {
    titles.push($('title').text());
    const hrefs = $('a[href]').get();
    links += hrefs.filter(({ attribs }) => URL.canParse(attribs.href ?? '', request.url)).length;
  };
  const limits = { minConcurrency: 16, maxConcurrency: 16, maxRequestRetries: 0, useSessionPool: false };
  const configuration = new crawlee.Configuration({ persistStorage: false, logLevel: 1 });
  const crawler = new crawlee.CheerioCrawler({ ...limits, requestHandler }, configuration);
  const urls = Array.from({ length: Number(count) }, (_, at) => `${site}/${at}`);
  const startedAtMs = performance.now();
  await crawler.run(urls);
  const seconds = (performance.now() - startedAtMs) / 1000;
  if (links === 0) throw new Error('No page had links');
  const rssMb = process.resourceUsage().maxRSS / 1024;
  const speed: CrawlSpeed = { pages: titles.length, seconds, rssMb };
  process.stdout.write(`${JSON.stringify(speed)}\n`);
}

void main();
