import { parseArgs } from 'node:util';
import { defaultFetchSettings, renderPagesValues, type FetchSettings } from './fetchSettings';
import { allFaults, faults, readFaults, type Fault } from './strict/faults';

export type CommandLine =
  | { kind: 'serve'; host: string; port: number; strict: ReadonlySet<Fault>; settings: FetchSettings }
  /** Started by an editor, which says over standard input how to serve. */
  | { kind: 'child' }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'wrong'; message: string };

export const usage = `RipTide engine: crawls web pages into clean Markdown and serves RipTide's crawl protocol.

Usage: node engine.js [--port PORT] [--host ADDRESS]

  --port PORT      port to listen on, 0 to 65535; 0 lets the system pick   (default 3000)
  --host ADDRESS   address to listen on                                    (default 127.0.0.1)
  --render WHEN    have an installed Chrome, Edge or Chromium render pages:
                   ${renderPagesValues.join(', ')}                              (default never)
  --browser PATH   that browser's program                                  (default: the first one found)
  --strict-riptide=FAULT[,FAULT]
                   serve these faults of RipTide 1.0, or all, for testing clients
  --version        print the version
  --help           print this text

Clients connect to ws://ADDRESS:PORT/crawl/ws, or POST {"urls": [...]} to http://ADDRESS:PORT/crawl/stream (NDJSON),
/crawl/sse or /crawl (one answer within 30 s). GET /healthz tells whether it lives, /metrics what it has done.
Run this way the engine asks for no key: keep it on a loopback address.

Faults:
${allFaults.map((fault) => `  ${fault.padEnd(17)}${faults[fault]}`).join('\n')}
`;

export function readCommandLine(args: string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '3000' },
        host: { type: 'string', default: '127.0.0.1' },
        render: { type: 'string', default: defaultFetchSettings.renderPages },
        browser: { type: 'string', default: defaultFetchSettings.browserPath },
        'strict-riptide': { type: 'string' },
        child: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };
    if (values.child) return { kind: 'child' };
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
      return { kind: 'wrong', message: `--port must be a number from 0 to 65535, but is "${values.port}"` };
    }
    const renderPages = renderPagesValues.find((each) => each === values.render);
    if (renderPages === undefined) {
      const message = `--render must be ${renderPagesValues.join(' or ')}, but is "${values.render}"`;
      return { kind: 'wrong', message };
    }
    const settings = { ...defaultFetchSettings, renderPages, browserPath: values.browser };
    const list = values['strict-riptide'];
    const strict = list === undefined ? new Set<Fault>() : readFaults(list);
    return { kind: 'serve', host: values.host, port: Number(values.port), strict, settings };
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message };
  }
}
