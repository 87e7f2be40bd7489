/** A subject of `against.ts`: `PACKAGES FOLDER`. Reads pages by Readability, linkedom and turndown in one thread. */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CrawlSpeed } from './crawlSpeed';

type Turndown = new () => { turndown(node: unknown): string };

const [packages = '', folder = ''] = process.argv.slice(2);
const TurndownService = createRequire(join(packages, 'package.json'))('turndown') as Turndown;
const turndown = new TurndownService();
const names = readdirSync(folder).filter((name) => name.endsWith('.html.gz'));
const texts = names.map((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8'));
const startedAtMs = performance.now();
let pages = 0;
for (const html of texts) {
  try {
    const { document } = parseHTML(html) as unknown as { document: never };
    const article = new Readability(document).parse();
    const found: object = parseHTML(`<html><body>${article?.content ?? ''}</body></html>`);
    if (turndown.turndown((found as { document: { body: unknown } }).document.body) !== '') pages += 1;
  } catch {
    // A page that it cannot read is none that it has read.
  }
}
const seconds = (performance.now() - startedAtMs) / 1000;
const speed: CrawlSpeed = { pages, seconds, rssMb: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(speed));
