// From starting the engine to the first result of a local page, in ms: `npx tsx test/bench/engineStart.ts [ROUNDS]`.
import { join } from 'node:path';
import { EngineProcess } from '../../src/app/engineProcess';
import { RipTideClient } from '../../src/client/ripTideClient';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';
import { startLocalSite } from '../support/localSite';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

async function main(): Promise<void> {
  const site = await startLocalSite();
  const rounds = Number(process.argv[2] ?? 10);
  for (let round = 0; round < rounds; round += 1) {
    const path = join(__dirname, '../../dist/engine.js');
    const engine = new EngineProcess(path, () => defaultFetchSettings, silent);
    const startedAtMs = performance.now();
    const since = (): number => Math.round(performance.now() - startedAtMs);
    const { address, token } = await engine.start();
    const times: Record<string, number> = { ready: since() };
    const client = new RipTideClient({ address, apiKey: token });
    for await (const { message_type: type } of client.crawl(site.pageUrls(1))) times[type] ??= since();
    console.log(JSON.stringify(times));
    await client.close();
    await engine.stop();
  }
  await site.close();
}

void main();
