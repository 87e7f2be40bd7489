/**
 * What receiving costs: `npm run bench [RESULTS-OF-EACH-SIZE]`. The same results once by `ws` and `JSON.parse` alone,
 * and once by the client into a store on disk, in turns. Prints CPU time a result and how long the event loop was held.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { StreamBench } from './streamBench';

const sizes = [2_000, 20_000];
const rounds = 3;

interface Cost {
  mainUs: number;
  processUs: number;
}

const nothing: Cost = { mainUs: 0, processUs: 0 };

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()];
  await work();
  const [mainSpent, allSpent] = [process.threadCpuUsage(main), process.cpuUsage(all)];
  return { mainUs: mainSpent.user + mainSpent.system, processUs: allSpent.user + allSpent.system };
}

function sum(a: Cost, b: Cost): Cost {
  return { mainUs: a.mainUs + b.mainUs, processUs: a.processUs + b.processUs };
}

async function measure(bench: StreamBench, size: number, count: number): Promise<void> {
  const each = Math.ceil(count / rounds);
  let reference = nothing;
  let crawl = nothing;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (let round = 0; round <= rounds; round++) {
    const isWarm = round > 0;
    const alone = await costOf(() => bench.receiveAlone(each, size));
    const run = await bench.prepare(each, size);
    if (isWarm) delay.enable();
    const stored = await costOf(run);
    delay.disable();
    if (!isWarm) continue;
    reference = sum(reference, alone);
    crawl = sum(crawl, stored);
  }
  const results = each * rounds;
  const row = (name: string, us: number): void =>
    console.log(
      `  ${name.padEnd(44)}${(us / results).toFixed(1).padStart(8)} µs${(us / reference.mainUs).toFixed(2).padStart(8)} x`,
    );
  console.log(`${results} results of ${size} bytes`);
  row('ws + JSON.parse, main thread', reference.mainUs);
  row('ws + JSON.parse, process', reference.processUs);
  row('client to stored row, main thread', crawl.mainUs);
  row('client to stored row, process', crawl.processUs);
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1);
  console.log(`  event loop held: p99 ${ms(delay.percentile(99))} ms, max ${ms(delay.max)} ms\n`);
}

async function main(): Promise<void> {
  const bench = await StreamBench.start();
  const count = Number(process.argv[2] ?? 30_000);
  for (const size of sizes) await measure(bench, size, count);
  await bench.end();
}

void main();
