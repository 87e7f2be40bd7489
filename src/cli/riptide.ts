import { join } from 'node:path';
import { version } from '../../package.json';
import { readCommandLine, usage, type CrawlLine } from './commandLine';
import { BadInput, runCrawl } from './runCrawl';

const exitCodes = { succeeded: 0, someFailed: 1, wrongArguments: 2, notCrawled: 3, stopped: 130 } as const;

async function crawl(line: CrawlLine): Promise<number> {
  const stop = new AbortController();
  // Once: a second one ends the process at once, as it does by default.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  // Whoever reads our output has had enough, as `head` has.
  process.stdout.on('error', () => stop.abort());
  process.stderr.on('error', () => undefined);
  try {
    const isWhole = await runCrawl(line, {
      input: process.stdin,
      output: process.stdout,
      notes: process.stderr,
      enginePath: join(__dirname, 'engine.js'),
      apiKey: process.env.RIPTIDE_API_KEY ?? '',
      signal: stop.signal,
    });
    return isWhole ? exitCodes.succeeded : exitCodes.someFailed;
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.stopped;
    process.stderr.write(`riptide: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof BadInput ? exitCodes.wrongArguments : exitCodes.notCrawled;
  }
}

async function main(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  switch (line.kind) {
    case 'help':
      process.stdout.write(usage);
      return exitCodes.succeeded;
    case 'version':
      process.stdout.write(`${version}\n`);
      return exitCodes.succeeded;
    case 'wrong':
      process.stderr.write(`${line.message}\nTry riptide --help.\n`);
      return exitCodes.wrongArguments;
    case 'crawl':
      return crawl(line);
  }
}

void main().then((code) => (process.exitCode = code));
