import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type AddressInfo } from 'node:net';

export interface LocalSite {
  origin: string;
  /** `count` pages that all answer with an article of their own. */
  pageUrls(count: number): string[];
  /** Answers 404. */
  missingUrl: string;
  /** A page that links to 36 others, which all answer 404. */
  brokenUrl: string;
  /** Takes the request and never answers. */
  silentUrl: string;
  /** `count` pages that take the request and answer with an article once {@link release} is called. */
  heldUrls(count: number): string[];
  release(): void;
  /** Paths asked for so far, robots.txt left out. */
  requested: string[];
  /** Resolves when `path` has been asked for `times` times. */
  whenRequested(path: string, times: number): Promise<void>;
  close(): Promise<void>;
}

/** A real web site on loopback. */
export async function startLocalSite(): Promise<LocalSite> {
  const requested: string[] = [];
  const arrivals = new EventEmitter();
  let isReleased = false;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    if (path === '/robots.txt') {
      response.writeHead(404).end();
      return;
    }
    requested.push(path);
    arrivals.emit('arrival');
    const [, kind, number] = /^\/(guide|held)\/(\d+)$/.exec(path) ?? [];
    if (path === '/silent') return;
    if (kind === 'held' && !isReleased) await once(arrivals, 'release');
    if (path === '/broken') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(brokenPage);
    } else if (number === undefined) {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not found</h1>');
    } else {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(article(Number(number)));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  // Each held request waits for the same event.
  arrivals.setMaxListeners(0);
  const origin = `http://127.0.0.1:${await listen(server)}`;
  return {
    origin,
    pageUrls: (count) => Array.from({ length: count }, (_, index) => `${origin}/guide/${index + 1}`),
    heldUrls: (count) => Array.from({ length: count }, (_, index) => `${origin}/held/${index + 1}`),
    release: () => {
      isReleased = true;
      arrivals.emit('release');
    },
    whenRequested: async (path, times) => {
      while (requested.filter((each) => each === path).length < times) await once(arrivals, 'arrival');
    },
    missingUrl: `${origin}/missing`,
    brokenUrl: `${origin}/broken`,
    silentUrl: `${origin}/silent`,
    requested,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A loopback port that nothing listens on. */
export async function refusedPort(): Promise<number> {
  const probe = createNetServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const brokenPage = Array.from({ length: 36 }, (_, at) => `<p><a href="/gone/${at}">Gone ${at}</a></p>`).join(
  '',
);

function article(number: number): string {
  const paragraph = (part: number): string =>
    `<p>Guide ${number}, part ${part}: the tide turns twice a day, and whoever rows across the bay plans the way there
     by the ebb and the way back by the flood. Mark the hour, mark the wind, and keep the shore in sight.</p>`;
  return `<!doctype html>
<html lang="en">
  <head><title>Guide ${number} to the tides</title><meta name="author" content="Ada Shore"></head>
  <body>
    <nav><a href="/guide/1">First</a> <a href="/guide/2">Second</a></nav>
    <article>
      <h1>Guide ${number} to the tides</h1>
      ${[1, 2, 3].map(paragraph).join('\n')}
      <h2>Reading the table</h2>
      <pre><code class="language-js">const ebb = flood + ${number};</code></pre>
      <table><tr><th>Day</th><th>High water</th></tr><tr><td>Monday</td><td>0${number % 10}:12</td></tr></table>
      <p>How the springs and the neaps change these hours is told in <a href="/guide/${number + 1}">the next guide</a>,
        which also has the figures for the outer bay and for the harbour.</p>
    </article>
    <footer>Tide tables since 1900</footer>
  </body>
</html>`;
}
