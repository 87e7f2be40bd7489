import { commands, type Uri, type WebviewPanel } from 'vscode';
import type { Crawls, StartedCrawl } from '../app/crawls';
import type { CrawlOptions, SiteOptions } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { Retry } from '../store/records';
import type { CommandId } from './contributions';
import { crawlTitle } from './crawlInput';
import { ResultsPanel } from './resultsPanel';
import { showError, showFailure } from './userMessage';

/** Crawls and the panels that show them: what the commands about pages work on. */
export class CrawledPages {
  readonly crawls: Crawls;
  readonly openStore: () => Promise<CrawlStore>;
  private readonly extensionUri: Uri;
  private readonly panels = new Map<string, ResultsPanel>();

  constructor(crawls: Crawls, openStore: () => Promise<CrawlStore>, extensionUri: Uri) {
    this.crawls = crawls;
    this.openStore = openStore;
    this.extensionUri = extensionUri;
  }

  /** Starts a crawl without showing it. @throws {StoreError} when it cannot be stored. */
  start(urls: readonly string[], options?: CrawlOptions): Promise<StartedCrawl> {
    return this.crawls.start(urls, crawlTitle(urls), options);
  }

  /** Starts a crawl and shows its results as they arrive. @throws {StoreError} when it cannot be stored. */
  async crawl(urls: readonly string[], options?: CrawlOptions): Promise<void> {
    this.show(await this.start(urls, options));
  }

  /** Starts a site crawl without showing it. @throws {StoreError} when it cannot be stored. */
  startSite(seeds: readonly string[], site: SiteOptions): Promise<StartedCrawl> {
    return this.crawls.startSite(seeds, crawlTitle(seeds), site);
  }

  /** Starts a site crawl and shows its results as they arrive. @throws {StoreError} when it cannot be stored. */
  async crawlSite(seeds: readonly string[], site: SiteOptions): Promise<void> {
    this.show(await this.startSite(seeds, site));
  }

  /** Goes on with a crawl that was stopped or failed. @throws {StoreError} `not-found`, `running`. */
  async resume(crawlId: string, retry: Retry): Promise<void> {
    this.show(await this.crawls.resume(crawlId, retry));
  }

  showResults(crawlId: string): void {
    const open = this.panels.get(crawlId);
    if (open) open.reveal();
    else this.adoptPanel(crawlId, ResultsPanel.create());
  }

  /** Puts a crawl's results into a panel, new or restored by the editor. */
  adoptPanel(crawlId: string, webviewPanel: WebviewPanel): void {
    const run = (command: CommandId) => (id: string) => void commands.executeCommand(command, id);
    const panel = new ResultsPanel(crawlId, webviewPanel, this.extensionUri, this.openStore, {
      openPage: (id, index) => void this.openPage(id, index).catch(showError),
      cancel: (id) => this.crawls.stop(id, 'cancelled'),
      pause: (id) => this.crawls.stop(id, 'paused'),
      resume: run('riptide.resumeCrawl'),
      retryFailed: run('riptide.retryFailed'),
      export: run('riptide.export'),
      crawlAgain: run('riptide.crawlAgain'),
    });
    this.panels.set(crawlId, panel);
    panel.onDidDispose(() => {
      if (this.panels.get(crawlId) === panel) this.panels.delete(crawlId);
    });
  }

  /** The store has something new for the crawl. */
  refresh(crawlId: string): void {
    this.panels.get(crawlId)?.refresh();
  }

  private show({ id, ended }: StartedCrawl): void {
    this.showResults(id);
    void ended.then(({ state }) => {
      if (state.kind === 'failed') void showFailure(state);
    }, showError);
  }

  private async openPage(crawlId: string, index: number): Promise<void> {
    const store = await this.openStore();
    const page = await store.readPage(crawlId, index);
    await commands.executeCommand('riptide.openPage' satisfies CommandId, page);
  }
}
