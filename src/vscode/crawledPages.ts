import { commands, type Uri, type WebviewPanel } from 'vscode';
import type { Crawls, CrawlSource, StartedCrawl } from '../app/crawls';
import type { CrawlOptions } from '../protocol/messages';
import type { CrawlStore } from '../store/crawlStore';
import type { CommandId } from './contributions';
import { crawlTitle } from './crawlInput';
import { ResultsPanel } from './resultsPanel';
import { showError, showFailure } from './userMessage';

/** Crawls and the panels that show them: what the commands about pages work on. */
export class CrawledPages {
  readonly crawls: Crawls;
  readonly openStore: () => Promise<CrawlStore>;
  private readonly source: CrawlSource;
  private readonly extensionUri: Uri;
  private readonly panels = new Map<string, ResultsPanel>();

  constructor(crawls: Crawls, openStore: () => Promise<CrawlStore>, source: CrawlSource, extensionUri: Uri) {
    this.crawls = crawls;
    this.openStore = openStore;
    this.source = source;
    this.extensionUri = extensionUri;
  }

  /** Starts a crawl and shows its results as they arrive. @throws {StoreError} when it cannot be stored. */
  async crawl(urls: readonly string[]): Promise<StartedCrawl> {
    const started = await this.start(urls);
    this.showResults(started.id);
    void started.ended.then(({ state }) => {
      if (state.kind === 'failed') void showFailure(state);
    }, showError);
    return started;
  }

  start(urls: readonly string[], options?: CrawlOptions): Promise<StartedCrawl> {
    return this.crawls.start(this.source, urls, crawlTitle(urls), options);
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
      openPage: (id, index) => void this.openPage(id, index),
      cancel: (id) => this.crawls.cancel(id),
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

  private async openPage(crawlId: string, index: number): Promise<void> {
    const store = await this.openStore();
    const page = await store.readPage(crawlId, index);
    await commands.executeCommand('riptide.openPage' satisfies CommandId, page);
  }
}
