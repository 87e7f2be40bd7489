/** The sites of the benches, in a process of their own: prints its port. Ends with its standard input. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hostileAnswers, hugeRobots } from '../support/hostileSite';
import { generatePage } from './generatedPages';

const distinctPages = 20;
const smallBytes = 14_000;
const largeBytes = 120_000;

/** An article of generated sections, as many as make `bytes`. */
function article(bytes: number, seed: number): Buffer {
  const links = Array.from({ length: 30 }, (_, at) => `<li><a href="/small/${at}">Page ${at}</a></li>`);
  const sections: string[] = [];
  for (let length = 0, part = 0; length < bytes; part += 1) {
    const { content } = generatePage('docs-plain', seed * 1000 + part);
    sections.push(content);
    length += content.length;
  }
  const body = `<nav><ul>${links.join('')}</ul></nav><main>${sections.join('').slice(0, bytes)}</main>`;
  return Buffer.from(`<!doctype html><html lang="en"><title>Page ${seed}</title><body>${body}</body></html>`);
}

function articles(bytes: number): Buffer[] {
  return Array.from({ length: distinctPages }, (_, seed) => article(bytes, seed + 1));
}

function pagesOf(folder: string | undefined): Buffer[] {
  if (folder === undefined) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.html.gz'));
  return names.sort().map((name) => gunzipSync(readFileSync(join(folder, name))));
}

const pages: Record<string, Buffer[]> = {
  small: articles(smallBytes),
  large: articles(largeBytes),
  real: pagesOf(process.argv[2]),
};
const server = createServer((request, response) => {
  const [path = ''] = (request.url ?? '').split('?');
  const [, kind = '', number = ''] = path.split('/');
  const ofKind = pages[kind] ?? [];
  const page = ofKind[Number(number) % ofKind.length];
  // Hostile pages stand under a name of their own, so that no host is shared with the crawl beside them.
  const isHostile = request.headers.host?.startsWith('robots.localhost') === true;
  if (path === '/robots.txt' && isHostile) hugeRobots(request, response);
  else if (page !== undefined)
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  else if (hostileAnswers[path]) hostileAnswers[path](request, response);
  else response.writeHead(404).end();
});
server.listen(0, () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit()).resume();
