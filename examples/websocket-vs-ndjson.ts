import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';

const rounds = 3;

interface Figures {
  'first result, ms': number;
  'total, ms': number;
  messages: number;
  bytes: number;
}

/** The same URLs over both, in turns, so that whatever else the computer does falls on both. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  // One request of either kind takes no more.
  const asked = { server, urls: urls.slice(0, 100) };
  const webSocket: Figures[] = [];
  const ndjson: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    webSocket.push(await overWebSocket(asked));
    ndjson.push(await overNdjson(asked));
  }
  console.log(`The median round of ${rounds}, connecting included, with ${asked.urls.length} URLs:`);
  console.table({ WebSocket: medianRound(webSocket), NDJSON: medianRound(ndjson) });
}

async function overWebSocket({ server, urls }: ExampleInput): Promise<Figures> {
  const startedMs = performance.now();
  const client = new RipTideClient(server);
  let firstMs = NaN;
  for await (const event of client.crawl(urls)) {
    if (event.message_type === 'result' && Number.isNaN(firstMs)) firstMs = performance.now() - startedMs;
  }
  const totalMs = performance.now() - startedMs;
  const { messages, bytes } = client.metrics;
  await client.close();
  return figures(firstMs, totalMs, messages, bytes);
}

async function overNdjson({ server, urls }: ExampleInput): Promise<Figures> {
  const startedMs = performance.now();
  const response = await fetch(`${server.address.replace(/^ws/, 'http').replace(/\/+$/, '')}/crawl/stream`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(server.apiKey !== undefined && { 'X-API-Key': server.apiKey }),
    },
    body: JSON.stringify({ urls }),
  });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  let [firstMs, messages, bytes, rest] = [NaN, 0, 0, ''];
  const decoder = new TextDecoder();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    messages += lines.length;
    const hasResult = lines.some((line) => 'index' in (JSON.parse(line) as object));
    if (hasResult && Number.isNaN(firstMs)) firstMs = performance.now() - startedMs;
  }
  return figures(firstMs, performance.now() - startedMs, messages, bytes);
}

function figures(firstMs: number, totalMs: number, messages: number, bytes: number): Figures {
  return { 'first result, ms': Math.round(firstMs), 'total, ms': Math.round(totalMs), messages, bytes };
}

function medianRound(measured: Figures[]): Figures {
  return measured.toSorted((one, other) => one['total, ms'] - other['total, ms'])[rounds >> 1]!;
}
