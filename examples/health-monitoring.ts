import { setTimeout as wait } from 'node:timers/promises';
import { RipTideClient } from '../src/client/ripTideClient';
import type { ExampleInput } from './support/example';

const pings = 5;
const pauseMs = 100;

/** Watches a server over a connection of its own, which no crawl uses, so that neither disturbs the other. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  const client = new RipTideClient(server);
  const watching = client.onDidChangeConnection((state) => {
    if (state.kind === 'open') console.log(`open: session ${state.sessionId}, in ${shown(state.connectMs)}`);
    else if (state.kind === 'closed') console.log('closed:', state.error?.message ?? 'on purpose');
    else console.log(state.kind);
  });
  try {
    await Promise.all([crawlAll(client, urls), pingOften(client)]);
    const { count, p50Ms, p95Ms } = client.latency;
    console.log(`latency: median ${shown(p50Ms)}, p95 ${shown(p95Ms)} of ${count} pings`);
    // Costs a RipTide 1.0 this connection, so ask rarely there. The next ping opens another.
    const status = await client.status();
    console.log(`status: ${status.is_healthy ? 'healthy' : 'ill'}, ${status.message_count} messages sent`);
    const { messages, bytes, reconnects } = client.metrics;
    console.log(`client: ${messages} messages, ${bytes} bytes, ${reconnects} reconnects`);
  } finally {
    await client.close();
    watching.dispose();
  }
}

async function pingOften(client: RipTideClient): Promise<void> {
  for (let count = 0; count < pings; count += 1) {
    const { latencyMs } = await client.ping();
    console.log(`ping: ${shown(latencyMs)}`);
    await wait(pauseMs);
  }
}

async function crawlAll(client: RipTideClient, urls: string[]): Promise<void> {
  const crawl = client.crawl(urls);
  while (!(await crawl.next()).done);
}

function shown(durationMs: number | undefined): string {
  return durationMs === undefined ? 'not measured' : `${durationMs.toFixed(1)} ms`;
}
