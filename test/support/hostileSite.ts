import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const megabyte = 1024 * 1024;
const html = { 'Content-Type': 'text/html; charset=utf-8' };

function page(body: string | Buffer): RequestListener {
  return (_request, response) => response.writeHead(200, html).end(body);
}

/** Writes `piece` for as long as it is read. */
function endless(response: ServerResponse, piece: Buffer): void {
  const write = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', write);
  write();
}

/** Answers by which a page can try to bring a crawler down, each under its own path. */
export const hostileAnswers: Readonly<Record<string, RequestListener>> = {
  '/nested': page(`${'<div>'.repeat(1e5)}<p>hello</p>${'</div>'.repeat(1e5)}`),
  '/ten-megabytes': page(`<p>${'The tide turns twice a day. '.repeat(38)}</p>`.repeat(9500)),
  '/entities': page(`<p>${'&amp;&notanentity;&#x110000;&lt'.repeat(65_000)}`),
  '/nul-bytes': page('<p>he\0llo, wor\0ld</p>\0<d\0iv>x</div>'.repeat(3000)),
  '/binary': page(
    Buffer.from(Array.from({ length: 500_000 }, (_, i) => ((i * 1_103_515_245 + 12_345) >>> 16) & 0xff)),
  ),
  '/attributes': page(`<div ${Array.from({ length: 50_000 }, (_, i) => `a${i}="${i}"`).join(' ')}>x</div>`),
  '/gzip-bomb': (_request, response) => {
    response.writeHead(200, { ...html, 'Content-Encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(64 * megabyte, '<p>tide</p> ')));
  },
  '/endless-body': (_request, response) => {
    response.writeHead(200, html);
    endless(response, Buffer.alloc(64 * 1024, '<p>tide</p> '));
  },
  '/slow': (_request, response) => {
    response.writeHead(200, html);
    const timer = setInterval(() => response.write('x'), 1000);
    response.on('close', () => clearInterval(timer));
  },
  '/redirects': (request, response) => {
    const step = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('step'));
    response.writeHead(302, { Location: `/redirects?step=${step + 1}` }).end();
  },
  '/headers': (_request, response) => {
    response
      .writeHead(200, { ...html, 'X-Flood': Array.from({ length: 2000 }, () => 'x'.repeat(1000)) })
      .end();
  },
};

/** 300 MB of a robots.txt, as far as it is read. */
export const hugeRobots: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 300 * megabyte });
  endless(response, Buffer.from('Disallow: /nothing-of-this\n'.repeat(2000)));
};
