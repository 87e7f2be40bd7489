import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { version } from '../../package.json';
import type { Logger } from '../base/logger';
import { readCommandLine, usage } from './commandLine';
import { Crawler } from './crawler';
import { ExtractPool } from './extract/extractPool';
import { PageFetcher } from './fetch/pageFetcher';
import { PageReader } from './pageReader';
import { Renderer } from './render/renderer';
import type { EngineReady, EngineStart } from './readyLine';
import { CrawlServer } from './server/crawlServer';
import { StrictRipTide } from './strict/strictRipTide';
import type { FetchSettings } from './fetchSettings';

/** Standard output belongs to the ready line, so the log goes to standard error. */
const logger: Logger = {
  debug: (message) => log('debug', message),
  info: (message) => log('info', message),
  warn: (message) => log('warn', message),
  error: (message) => log('error', message),
};

function log(level: keyof Logger, message: string): void {
  process.stderr.write(`${level} ${message}\n`);
}

interface Listen {
  host: string;
  port: number;
  token: string | null;
  strict?: StrictRipTide | undefined;
}

async function serve(listen: Listen, settings: FetchSettings): Promise<number> {
  const fetcher = new PageFetcher(settings, undefined, undefined, logger);
  const extractPool = new ExtractPool({ workerPath: join(__dirname, 'extractWorker.js') });
  const renderer = new Renderer(settings);
  const pages = settings.renderPages;
  const reader = new PageReader(extractPool, pages === 'never' ? null : { renderer, pages });
  const server = new CrawlServer({
    ...listen,
    version,
    crawler: new Crawler(fetcher, reader),
    logger,
  });
  const port = await server.listen();
  extractPool.warmUp();
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    renderer.dispose();
    void server.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return port;
}

/** Serves on a port that the system picks, for as long as the parent keeps our standard input open. */
async function serveParent(): Promise<void> {
  // Our parent has set them for this thread, whose heap is made by now; those that parse have limits of their own.
  setFlagsFromString('--max-semi-space-size=0');
  setFlagsFromString('--max-old-space-size=0');
  const lines = createInterface({ input: process.stdin });
  // A killed parent cannot say goodbye, but its end of the pipe closes with it.
  lines.once('close', () => process.exit(0));
  const first = await new Promise<string>((resolve) => lines.once('line', resolve));
  const { token, settings } = JSON.parse(first) as EngineStart;
  const port = await serve({ host: '127.0.0.1', port: 0, token }, settings);
  const ready: EngineReady = { port, version };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

async function main(): Promise<void> {
  // Names are looked up in half of these threads, where one whose server is mute sits for 10 s and more: of the default 4,
  // two of them had all others wait. Read when first needed.
  process.env.UV_THREADPOOL_SIZE ??= '64';
  const line = readCommandLine(process.argv.slice(2));
  switch (line.kind) {
    case 'help':
      process.stdout.write(usage);
      break;
    case 'version':
      process.stdout.write(`${version}\n`);
      break;
    case 'wrong':
      process.stderr.write(`${line.message}\nTry --help.\n`);
      process.exitCode = 2;
      break;
    case 'child':
      await serveParent();
      break;
    case 'serve': {
      const { host, strict, settings } = line;
      const faulty = strict.size === 0 ? undefined : new StrictRipTide(strict);
      const port = await serve({ host, port: line.port, token: null, strict: faulty }, settings);
      logger.info(`listening on ws://${host}:${port}/crawl/ws`);
    }
  }
}

main().catch((error: unknown) => {
  logger.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
