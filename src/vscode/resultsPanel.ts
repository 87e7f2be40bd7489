import { l10n, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from 'vscode';
import { throttle } from '../base/throttle';
import { decodePanelRequest } from '../panel/decodePanelRequest';
import type { PanelRequest, PanelUpdate } from '../panel/panelMessages';
import type { CrawlStore } from '../store/crawlStore';
import { resultsPanelType } from './contributions';
import { panelHtml } from './panelHtml';
import { panelStrings } from './panelStrings';
import { showError } from './userMessage';

/** A window of rows is what fits a screen, many times over; a panel that asks for more is not ours. */
const maxRowsPerRequest = 1_000;

/** What the panel asks others to do. */
export interface PanelActions {
  openPage(crawlId: string, index: number): void;
  cancel(crawlId: string): void;
  pause(crawlId: string): void;
  resume(crawlId: string): void;
  retryFailed(crawlId: string): void;
  export(crawlId: string): void;
  crawlAgain(crawlId: string): void;
}

/** One crawl's results panel. It holds no rows: the page asks for those that it shows, and the store answers. */
export class ResultsPanel implements Disposable {
  readonly crawlId: string;
  private readonly panel: WebviewPanel;
  private readonly openStore: () => Promise<CrawlStore>;
  private readonly actions: PanelActions;
  private readonly announce = throttle(150, () => this.attempt(() => this.sendCrawl('changed')));
  private isReady = false;
  private isDisposed = false;

  constructor(
    crawlId: string,
    panel: WebviewPanel,
    extensionUri: Uri,
    openStore: () => Promise<CrawlStore>,
    actions: PanelActions,
  ) {
    this.crawlId = crawlId;
    this.panel = panel;
    this.openStore = openStore;
    this.actions = actions;
    // A tab's icon is a plain picture: it takes no colour from the theme.
    panel.iconPath = {
      dark: Uri.joinPath(extensionUri, 'media', 'riptide-dark.svg'),
      light: Uri.joinPath(extensionUri, 'media', 'riptide-light.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(extensionUri, 'dist'), Uri.joinPath(extensionUri, 'media')],
    };
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const request = decodePanelRequest(message);
      if (request) this.attempt(() => this.answer(request));
    });
    panel.webview.html = panelHtml(panel.webview, extensionUri);
    panel.onDidDispose(() => {
      this.isDisposed = true;
      this.announce.dispose();
    });
  }

  static create(): WebviewPanel {
    return window.createWebviewPanel(resultsPanelType, l10n.t('RipTide Results'), ViewColumn.Active);
  }

  get onDidDispose(): WebviewPanel['onDidDispose'] {
    return this.panel.onDidDispose;
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** The store has something new for this crawl. */
  refresh(): void {
    // A page that is hidden has no script running; it asks anew when it is shown.
    if (this.isReady && this.panel.visible) this.announce();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private attempt(work: () => Promise<void>): void {
    void work().catch(showError);
  }

  private async answer(request: PanelRequest): Promise<void> {
    switch (request.kind) {
      case 'ready':
        this.isReady = true;
        await this.sendCrawl('snapshot');
        break;
      case 'rows':
        await this.sendRows(request);
        break;
      case 'open':
        this.actions.openPage(this.crawlId, request.index);
        break;
      default:
        this.actions[request.kind](this.crawlId);
    }
  }

  private async sendCrawl(kind: 'snapshot' | 'changed'): Promise<void> {
    const store = await this.openStore();
    const crawl = await store.readCrawl(this.crawlId);
    if (this.isDisposed) return;
    if (crawl) this.panel.title = crawl.title;
    this.post(kind === 'snapshot' ? { kind, crawl, strings: panelStrings() } : { kind, crawl });
  }

  private async sendRows({ requestId, query }: Extract<PanelRequest, { kind: 'rows' }>): Promise<void> {
    try {
      const store = await this.openStore();
      const { pages, total } = await store.listPages({
        crawlId: this.crawlId,
        offset: query.offset,
        limit: Math.min(query.limit, maxRowsPerRequest),
        ...(query.text !== '' && { text: query.text }),
        ...(query.outcome !== 'all' && { outcome: query.outcome }),
      });
      this.post({ kind: 'rows', requestId, rows: pages, total });
    } catch (error) {
      this.post({
        kind: 'rowsFailed',
        requestId,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private post(update: PanelUpdate): void {
    // A webview that is gone throws at the first touch.
    if (!this.isDisposed) void this.panel.webview.postMessage(update);
  }
}
