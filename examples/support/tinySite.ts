import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface TinySite {
  urls: string[];
  close(): void;
}

const pageCount = 20;

/** Answers not at once, as sites do, so that there is something to watch. */
const answerMs = 50;

/** Something to crawl without a network: twenty pages, and an address with no page behind it. */
export async function startTinySite(): Promise<TinySite> {
  const server = createServer((request, response) => {
    const [, number] = /^\/harbour\/(\d+)$/.exec(request.url ?? '') ?? [];
    void wait(answerMs).then(() => {
      response.writeHead(number === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(number === undefined ? '' : page(Number(number)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urls = Array.from({ length: pageCount }, (_, at) => `${origin}/harbour/${at + 1}`);
  return {
    urls: [...urls, `${origin}/sunken`],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function page(number: number): string {
  const paragraph = `<p>Harbour ${number} lies behind a mole of grey stone, which breaks the swell from the west and
    leaves calm water for the boats. Its light shows ${number} flashes a minute to whoever comes in by night.</p>`;
  return `<!doctype html><html lang="en"><head><title>Harbour ${number}</title><meta name="author" content="Pilot">
    </head><body><nav><a href="/harbour/1">All harbours</a></nav><article><h1>Harbour ${number}</h1>
    ${paragraph.repeat(3)}</article></body></html>`;
}
