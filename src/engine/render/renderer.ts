import { availableParallelism } from 'node:os';
import type { CrawlOptions } from '../../protocol/messages';
import { CrawlFailure } from '../crawlFailure';
import { cancelled } from '../fetch/cancelled';
import { judgeAddress } from '../fetch/addressRules';
import { resolveBySystem, type Resolve } from '../fetch/connections';
import type { FetchedPage } from '../fetch/fetchedPage';
import { HostHeaders } from '../fetch/hostHeaders';
import type { HostHeader, ProxySettings } from '../fetchSettings';
import { BrowserProcess } from './browserProcess';
import { findBrowser } from './findBrowser';
import { PageProxy } from './pageProxy';
import { renderPage, type RenderTarget } from './renderPage';

export interface RendererOptions {
  /** Of the browser; empty for one that is installed. */
  browserPath: string;
  /** Added to the browser's own, so that sites know who asks. */
  userAgent: string;
  /** For one page, waiting for its turn aside. */
  timeoutMs: number;
  /** Of the editor. */
  proxy?: ProxySettings | null;
  /** Each for what a page loads from its own server, where it is that one's. */
  headers?: readonly HostHeader[];
  idleMs?: number;
  resolve?: Resolve;
}

interface Running {
  process: BrowserProcess;
  userAgent: string;
}

interface OpenContext {
  browser: BrowserProcess;
  contextId: unknown;
}

const defaultIdleMs = 60_000;
const startTimeoutMs = 20_000;
/** A browser that has served so many pages is replaced: what leaks in it is gone with it. */
const maxPagesPerBrowser = 200;
const maxAtOnce = 4;

/** Renders pages in one browser, which is started when first needed and ended when nobody needs it. */
export class Renderer {
  private readonly options: RendererOptions;
  private readonly hostHeaders: HostHeaders;
  private running: Promise<Running> | null = null;
  private served = 0;
  private active = 0;
  private readonly waiting: (() => void)[] = [];
  private idleTimer: NodeJS.Timeout | undefined;
  private isDisposed = false;

  constructor(options: RendererOptions) {
    this.options = options;
    this.hostHeaders = new HostHeaders(options.headers ?? []);
  }

  /**
   * The HTML that a browser makes of a fetched page.
   *
   * @throws {CrawlFailure} `rendering-failed` or `cancelled`.
   */
  async render(page: FetchedPage, options: CrawlOptions, signal: AbortSignal): Promise<string> {
    await this.enter(signal);
    try {
      return await this.renderInTurn(page, options, signal);
    } finally {
      this.leave();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.idleTimer);
    this.endBrowser();
  }

  private async enter(signal: AbortSignal): Promise<void> {
    clearTimeout(this.idleTimer);
    if (this.active >= Math.min(maxAtOnce, availableParallelism())) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.active += 1;
    if (signal.aborted || this.isDisposed) {
      this.leave();
      throw cancelled();
    }
  }

  /** A turn goes on to who waits, or nobody has it. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) {
      next();
      return;
    }
    this.active -= 1;
    if (this.active > 0 || this.isDisposed) return;
    this.idleTimer = setTimeout(() => this.endBrowser(), this.options.idleMs ?? defaultIdleMs);
    this.idleTimer.unref();
    if (this.served >= maxPagesPerBrowser) this.endBrowser();
  }

  private async renderInTurn(page: FetchedPage, options: CrawlOptions, signal: AbortSignal): Promise<string> {
    const { timeoutMs, resolve = resolveBySystem, proxy: upstream = null } = this.options;
    const proxy = new PageProxy(privateOriginOf(page), resolve, upstream);
    let opened = null as OpenContext | null;
    let timer: NodeJS.Timeout | undefined;
    let cancel = (): void => undefined;
    const end = new Promise<never>((_, reject) => {
      const message = `Rendering ${page.url} took longer than ${timeoutMs / 1000} s and was stopped.`;
      timer = setTimeout(() => reject(failed(message, true)), timeoutMs);
      cancel = () => reject(cancelled());
      signal.addEventListener('abort', cancel, { once: true });
    });
    const work = async (): Promise<string> => {
      const [{ process: browser, userAgent }, port] = await Promise.all([this.browser(), proxy.listen()]);
      this.served += 1;
      const { devTools } = browser;
      const context = await devTools.send('Target.createBrowserContext', {
        disposeOnDetach: true,
        proxyServer: `http://127.0.0.1:${port}`,
        proxyBypassList: '<-loopback>',
      });
      const contextId = context.browserContextId;
      opened = { browser, contextId };
      await devTools.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId: contextId });
      for (const cookie of cookiesOf(page)) {
        const setting = devTools.send('Storage.setCookies', {
          browserContextId: contextId,
          cookies: [cookie],
        });
        // One that the browser does not take is none to its server either.
        await setting.catch(() => undefined);
      }
      const target = await this.openTab(browser, contextId);
      const headers = withoutCookie(this.hostHeaders.headersFor(new URL(page.url)));
      return renderPage(target, page, options, { userAgent, headers });
    };
    try {
      return await Promise.race([work(), end]);
    } catch (error) {
      if (error instanceof CrawlFailure) throw error;
      throw failed(`The browser could not render ${page.url}: ${describe(error)}`, true, error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      proxy.close();
      if (opened) await this.closeContext(opened);
    }
  }

  private async openTab({ devTools }: BrowserProcess, browserContextId: unknown): Promise<RenderTarget> {
    const { targetId } = await devTools.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await devTools.send('Target.attachToTarget', { targetId, flatten: true });
    // A tab's main frame goes by the name of the tab.
    return { devTools, sessionId: String(sessionId), frameId: String(targetId) };
  }

  /** A context that will not close has a page in it that hangs: then all go, or it would eat a core for good. */
  private async closeContext({ browser, contextId }: OpenContext): Promise<void> {
    const disposal = { browserContextId: contextId };
    const closed = browser.devTools.send('Target.disposeBrowserContext', disposal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), 2_000)));
    const outcome = await Promise.race([closed.catch(() => 'gone' as const), late]);
    clearTimeout(timer);
    if (outcome === 'late') browser.kill();
  }

  private browser(): Promise<Running> {
    if (this.running) return this.running;
    const running = this.start();
    this.running = running;
    const forget = (): void => {
      if (this.running === running) this.running = null;
    };
    running.then(({ process: browser }) => browser.ended.then(forget), forget);
    return running;
  }

  private async start(): Promise<Running> {
    this.served = 0;
    const { browserPath } = this.options;
    const path = browserPath === '' ? findBrowser() : browserPath;
    if (path === null) {
      throw failed(
        'No Chrome, Edge or Chromium was found. Install one, or name its path (setting riptide.engine.browserPath, or ' +
          '--browser on the command line).',
        false,
      );
    }
    const browser = new BrowserProcess(path);
    const timer = setTimeout(() => browser.kill(), startTimeoutMs);
    try {
      const { userAgent } = await browser.devTools.send('Browser.getVersion', {});
      const own = String(userAgent).replace('HeadlessChrome', 'Chrome');
      return { process: browser, userAgent: `${own} ${this.options.userAgent}` };
    } catch {
      throw failed(`The browser ${path} did not start: ${await browser.ended}`, false);
    } finally {
      clearTimeout(timer);
    }
  }

  private endBrowser(): void {
    const running = this.running;
    this.running = null;
    running?.then(
      ({ process: browser }) => browser.kill(),
      () => undefined,
    );
  }
}

/** Where a page itself came from a private address, its own server may be asked again, and no other one. */
function privateOriginOf({ url, address }: FetchedPage): URL | null {
  return address !== null && judgeAddress(address) === 'private' ? new URL(url) : null;
}

/** For the page's own host alone, and out of reach of its scripts. */
function cookiesOf({ url, cookies }: FetchedPage): Record<string, unknown>[] {
  const own = { url, path: '/', secure: url.startsWith('https:'), httpOnly: true };
  const pairs = [...cookies.matchAll(/([^=;\s][^=;]*)=([^;]*)/g)];
  return pairs.map(([, name, value]) => ({ ...own, name, value }));
}

/** Cookies have a way of their own. */
function withoutCookie(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'cookie'));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failed(message: string, isRetryable: boolean, cause?: unknown): CrawlFailure {
  return new CrawlFailure('rendering-failed', message, { isRetryable, cause });
}
