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
  /** How long the event loop was held; of several, that of the worst. */
  heldP99Ms: number;
  heldMaxMs: number;
}

const nothing: Cost = { mainUs: 0, processUs: 0, heldP99Ms: 0, heldMaxMs: 0 };

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()];
  await work();
  delay.disable();
  const [mainSpent, allSpent] = [process.threadCpuUsage(main), process.cpuUsage(all)];
  return {
    mainUs: mainSpent.user + mainSpent.system,
    processUs: allSpent.user + allSpent.system,
    heldP99Ms: delay.percentile(99) / 1e6,
    heldMaxMs: delay.max / 1e6,
  };
}

function sum(a: Cost, b: Cost): Cost {
  return {
    mainUs: a.mainUs + b.mainUs,
    processUs: a.processUs + b.processUs,
    heldP99Ms: Math.max(a.heldP99Ms, b.heldP99Ms),
    heldMaxMs: Math.max(a.heldMaxMs, b.heldMaxMs),
  };
}

async function measure(bench: StreamBench, size: number, count: number): Promise<void> {
  const each = Math.ceil(count / rounds);
  let reference = nothing;
  let crawl = nothing;
  for (let round = 0; round <= rounds; round++) {
    const alone = await costOf(() => bench.receiveAlone(each, size));
    const stored = await costOf(await bench.prepare(each, size));
    // The first round is for the compiler.
    if (round > 0) [reference, crawl] = [sum(reference, alone), sum(crawl, stored)];
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
  const held = ({ heldP99Ms, heldMaxMs }: Cost): string =>
    `p99 ${heldP99Ms.toFixed(1)} ms, max ${heldMaxMs.toFixed(1)} ms`;
  console.log(`  event loop held: ${held(crawl)} (by ws + JSON.parse: ${held(reference)})\n`);
}

async function main(): Promise<void> {
  const bench = await StreamBench.start();
  const count = Number(process.argv[2] ?? 30_000);
  for (const size of sizes) await measure(bench, size, count);
  await bench.end();
}

void main();
