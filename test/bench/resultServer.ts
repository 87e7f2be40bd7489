/**
 * Sends made-up results as fast as they are read: `node --import tsx resultServer.ts` prints its port. Each page is of
 * the size that its URL names, such as `https://bench.test/20000/7`.
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeClientMessage } from '../../src/protocol/decodeClientMessage';
import { encodeServerMessage, rfc3339 } from '../../src/protocol/encode';
import type { PageResult } from '../../src/protocol/messages';
import { documentOf, pageResult } from '../support/pageResults';
import { seededRandom } from '../support/seededRandom';

const words =
  'tide wave harbour “quoted” moon current 3.5 café shore\n\n depth of the sea, drawn twice a day'.split(' ');
/** Different messages of each size, so that no cache of the reader sees the same bytes over and over. */
const kinds = 50;

const placeholder = 'https://bench.test/url';
const random = seededRandom(1);
const bodies = new Map<number, string[]>();

function anyText(length: number): string {
  let text = '';
  while (text.length < length) text += `${words[Math.floor(random() * words.length)]} `;
  return text.slice(0, length);
}

/** The message of a page, split where its URL and its index have to go. */
function messageOf(size: number): string {
  const links = Array.from(
    { length: Math.ceil(size / 1000) },
    (_, at) => `https://bench.test/link/${at}/${anyText(20).trim()}`,
  );
  const document = documentOf(placeholder, {
    title: anyText(40),
    text: anyText(size * 0.4),
    markdown: anyText(size * 0.4),
    links,
  });
  const result: PageResult = pageResult(0, placeholder, {
    document,
    cache_key: 'riptide:v1:read_through:0123456789abcdef',
  });
  return encodeServerMessage('result', result);
}

function bodiesOf(size: number): string[] {
  const known = bodies.get(size);
  if (known) return known;
  const made = Array.from({ length: kinds }, () => messageOf(size));
  bodies.set(size, made);
  return made;
}

function answer(socket: WebSocket, urls: readonly string[]): void {
  const size = Number(urls[0]?.split('/')[3]);
  const made = bodiesOf(size);
  const stamp = { session_id: 'bench', timestamp: rfc3339(new Date()) };
  socket.send(encodeServerMessage('metadata', { total_urls: urls.length, stream_type: 'crawl', ...stamp }));
  for (const [index, url] of urls.entries()) {
    const text = made[Math.floor(random() * made.length)] ?? '';
    socket.send(text.replace('"index":0', `"index":${index}`).replaceAll(placeholder, url));
  }
  const summary = {
    total_urls: urls.length,
    successful: urls.length,
    failed: 0,
    total_processing_time_ms: 1,
  };
  socket.send(encodeServerMessage('summary', summary));
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  console.log((server.address() as AddressInfo).port);
});
server.on('connection', (socket) => {
  const welcome = { session_id: 'bench', server_time: rfc3339(new Date()), protocol_version: '1.0' };
  socket.send(
    encodeServerMessage('welcome', { ...welcome, supported_operations: ['crawl'], extensions: [] }),
  );
  socket.on('message', (data) => {
    const message = decodeClientMessage((data as Buffer).toString());
    if (message.request_type === 'crawl') answer(socket, message.data.urls);
  });
});
process.stdin.on('end', () => process.exit()).resume();
