import { setTimeout as delay } from 'node:timers/promises';
import type { CrawlOptions } from '../../protocol/messages';
import type { FetchedPage } from '../fetch/fetchedPage';
import type { DevTools, DevToolsEvent } from './devTools';
import { pageScripts } from './pageScripts';

/** How long a page may go on loading before it is taken as it is. */
const settleMs = 10_000;
const pollMs = 100;
const scrollPauseMs = 250;
const maxScrollSteps = 50;

/** Pictures, sound and fonts add no text. */
const unwanted = ['Image', 'Media', 'Font'];

export interface RenderTarget {
  devTools: DevTools;
  sessionId: string;
  /** Of the page's main frame. */
  frameId: string;
}

/** How the tab names itself, and what it sends to the page's own origin. */
export interface RenderIdentity {
  userAgent: string;
  headers: Record<string, string>;
}

/**
 * Lets a browser's tab work on a page that was fetched already, and returns the HTML that came of it. The page's own
 * address is never asked again: it was fetched by all rules, and the tab gets what came. For the same reason a script
 * cannot lead the tab on to another page.
 *
 * @throws {Error} When the tab or the browser is gone.
 */
export async function renderPage(
  target: RenderTarget,
  page: FetchedPage,
  options: CrawlOptions,
  { userAgent, headers }: RenderIdentity,
): Promise<string> {
  const { devTools, sessionId, frameId } = target;
  const send = (method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
    devTools.send(method, params, sessionId);
  let quiet = null as Waiting<void> | null;
  const crash = crashOf(target);
  const stop = devTools.listen(answering(target, page, headers));
  try {
    await send('Page.enable');
    await send('Page.setLifecycleEventsEnabled', { enabled: true });
    await send('Emulation.setUserAgentOverride', { userAgent });
    const patterns = ['Document', ...unwanted].map((resourceType) => ({ urlPattern: '*', resourceType }));
    const own = { urlPattern: `${new URL(page.url).origin}/*` };
    await send('Fetch.enable', { patterns: Object.keys(headers).length > 0 ? [own, ...patterns] : patterns });
    const work = async (): Promise<string> => {
      const { loaderId } = await send('Page.navigate', { url: page.url });
      quiet = settled(target, loaderId);
      await quiet.promise;
      const world = await send('Page.createIsolatedWorld', { frameId, worldName: 'riptide' });
      // In a world of its own, where the page's scripts cannot have changed what a call means.
      const evaluate = async (expression: string): Promise<unknown> => {
        const parameters = { expression, contextId: world.executionContextId, returnByValue: true };
        const { result } = await send('Runtime.evaluate', parameters);
        return (result as { value?: unknown }).value;
      };
      if (options.dynamic_wait_for) await waitFor(evaluate, options.dynamic_wait_for);
      for (let step = 0; step < Math.min(maxScrollSteps, options.scroll_steps ?? 0); step++) {
        await evaluate(pageScripts.scroll);
        await delay(scrollPauseMs);
      }
      return String(await evaluate(pageScripts.html));
    };
    return await Promise.race([work(), crash.promise]);
  } finally {
    stop();
    quiet?.stop();
    crash.stop();
  }
}

/** Gives the tab the page that was fetched, and keeps it from what it needs not. */
function answering(
  { devTools, sessionId, frameId }: RenderTarget,
  page: FetchedPage,
  headers: Record<string, string>,
) {
  const { origin } = new URL(page.url);
  let isGiven = false;
  return ({ method, params, sessionId: about }: DevToolsEvent): void => {
    if (about !== sessionId) return;
    const answer = (how: string, more: Record<string, unknown> = {}): void => {
      // A tab that is gone needs no answer.
      devTools.send(how, more, sessionId).catch(() => undefined);
    };
    if (method === 'Page.javascriptDialogOpening') answer('Page.handleJavaScriptDialog', { accept: false });
    if (method !== 'Fetch.requestPaused') return;
    const { requestId } = params;
    const isOfPage = params.frameId === frameId;
    if (unwanted.includes(params.resourceType as string)) {
      answer('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    } else if (!isOfPage || params.resourceType !== 'Document') {
      const request = params.request as PausedRequest;
      // A frame may be of anyone, who could have our headers lead it where it has no access.
      const isOwn = isOfPage && URL.parse(request.url)?.origin === origin;
      answer('Fetch.continueRequest', { requestId, ...(isOwn && { headers: joined(request, headers) }) });
    } else if (isGiven) {
      answer('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    } else {
      isGiven = true;
      const type = page.charset === null ? 'text/html' : `text/html; charset=${page.charset}`;
      const responseHeaders = [{ name: 'Content-Type', value: type }];
      const body = Buffer.from(page.body).toString('base64');
      answer('Fetch.fulfillRequest', { requestId, responseCode: 200, responseHeaders, body });
    }
  };
}

interface PausedRequest {
  url: string;
  headers: Record<string, string>;
}

/** The browser's own, and ours in the place of those of the same name. For one request: where it redirects is asked anew. */
function joined(request: PausedRequest, headers: Record<string, string>): { name: string; value: string }[] {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const own = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()));
  return [...own, ...Object.entries(headers)].map(([name, value]) => ({ name, value }));
}

interface Waiting<Result> {
  promise: Promise<Result>;
  stop(): void;
}

/** Resolves when the network of the page with a `loaderId` is quiet, or its time is up. */
function settled({ devTools, sessionId }: RenderTarget, loaderId: unknown): Waiting<void> {
  let stop = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, settleMs);
    const unlisten = devTools.listen(({ method, params, sessionId: about }) => {
      if (about !== sessionId || method !== 'Page.lifecycleEvent') return;
      // The empty page that a tab starts with goes quiet as well.
      if (params.loaderId === loaderId && params.name === 'networkIdle') resolve();
    });
    stop = () => {
      clearTimeout(timer);
      unlisten();
    };
  });
  return { promise, stop };
}

function crashOf({ devTools, sessionId }: RenderTarget): Waiting<never> {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    stop = devTools.listen(({ method, sessionId: about }) => {
      if (about === sessionId && method === 'Inspector.targetCrashed') {
        reject(new Error('The page took too much memory, or brought its tab down.'));
      }
    });
  });
  return { promise, stop };
}

async function waitFor(evaluate: (script: string) => Promise<unknown>, selector: string): Promise<void> {
  const untilMs = performance.now() + settleMs;
  while (performance.now() < untilMs) {
    if (await evaluate(pageScripts.has(selector))) return;
    await delay(pollMs);
  }
}
