import {
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type TreeDataProvider,
} from 'vscode';
import { pageTitle } from '../app/pageTitle';
import type { Disposable } from '../base/emitter';
import { throttle } from '../base/throttle';
import type { CrawlStore } from '../store/crawlStore';
import {
  unchangedStatus,
  type CrawlRecord,
  type CrawlState,
  type HostRecord,
  type PageRecord,
} from '../store/records';
import { crawlsViewId, type CommandId } from './contributions';
import { countsText, crawlStateText, formatDuration } from './words';

/** Pages shown below one host; the results panel shows any number. */
const maxPagesPerHost = 500;

export type CrawlsNode =
  | { kind: 'crawl'; crawl: CrawlRecord }
  | { kind: 'host'; crawlId: string; host: HostRecord }
  | { kind: 'page'; page: PageRecord }
  | { kind: 'more'; crawlId: string; count: number };

/** The Crawls view: crawl → host → page, newest first, read from the store as it is unfolded. */
export class CrawlsTree implements TreeDataProvider<CrawlsNode>, Disposable {
  private readonly openStore: () => Promise<CrawlStore>;
  private readonly changed = new EventEmitter<undefined>();
  private readonly disposables: Disposable[];

  readonly onDidChangeTreeData = this.changed.event;
  readonly refresh = throttle(500, () => this.changed.fire(undefined));

  constructor(openStore: () => Promise<CrawlStore>) {
    this.openStore = openStore;
    this.disposables = [
      window.createTreeView(crawlsViewId, { treeDataProvider: this, showCollapseAll: true }),
      this.refresh,
      this.changed,
    ];
  }

  getTreeItem(node: CrawlsNode): TreeItem {
    switch (node.kind) {
      case 'crawl':
        return crawlItem(node.crawl);
      case 'host':
        return hostItem(node.crawlId, node.host);
      case 'page':
        return pageItem(node.page);
      case 'more':
        return moreItem(node.crawlId, node.count);
    }
  }

  async getChildren(node?: CrawlsNode): Promise<CrawlsNode[]> {
    const store = await this.openStore();
    switch (node?.kind) {
      case undefined:
        return (await store.listCrawls()).map((crawl) => ({ kind: 'crawl', crawl }));
      case 'crawl': {
        const hosts = await store.listHosts(node.crawl.id);
        return hosts.map((host) => ({ kind: 'host', crawlId: node.crawl.id, host }));
      }
      case 'host': {
        const { pages, total } = await store.listPages({
          crawlId: node.crawlId,
          host: node.host.host,
          offset: 0,
          limit: maxPagesPerHost,
        });
        const nodes: CrawlsNode[] = pages.map((page) => ({ kind: 'page', page }));
        if (total > pages.length) {
          nodes.push({ kind: 'more', crawlId: node.crawlId, count: total - pages.length });
        }
        return nodes;
      }
      default:
        return [];
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}

function crawlItem(crawl: CrawlRecord): TreeItem {
  const item = new TreeItem(crawl.title, TreeItemCollapsibleState.Collapsed);
  const started = new Date(crawl.startedAtMs);
  item.id = crawl.id;
  item.description = [countsText(crawl.counts), startText(started)].join(' · ');
  item.iconPath = crawlIcon(crawl.state);
  item.contextValue = contextOf(crawl);
  const took = 'endedAtMs' in crawl.state ? formatDuration(crawl.state.endedAtMs - crawl.startedAtMs) : null;
  item.tooltip = [
    crawl.title,
    crawlStateText(crawl.state),
    l10n.t(
      '{0} asked = {1} ok + {2} failed + {3} skipped + {4} remaining',
      crawl.counts.asked,
      crawl.counts.succeeded,
      crawl.counts.failed,
      crawl.counts.skipped,
      crawl.counts.outstanding,
    ),
    started.toLocaleString(),
    took,
    crawl.server === 'built-in' ? l10n.t('built-in engine') : crawl.server,
  ]
    .filter((line) => line !== null)
    .join('\n');
  return item;
}

function startText(started: Date): string {
  const isToday = started.toDateString() === new Date().toDateString();
  return isToday ? started.toLocaleTimeString() : started.toLocaleString();
}

/** What menus can offer: `crawl.running`, or `crawl.ended` with `.resumable` and `.failures` where they apply. */
function contextOf({ state, counts }: CrawlRecord): string {
  if (state.kind === 'running') return 'crawl.running';
  const resumable = counts.outstanding > 0 ? '.resumable' : '';
  const failures = counts.failed > 0 ? '.failures' : '';
  return `crawl.ended${resumable}${failures}`;
}

function crawlIcon(state: CrawlState): ThemeIcon {
  switch (state.kind) {
    case 'running':
      return new ThemeIcon('sync~spin');
    case 'completed':
      return new ThemeIcon('pass', new ThemeColor('testing.iconPassed'));
    case 'cancelled':
      return new ThemeIcon('circle-slash');
    case 'failed':
      return new ThemeIcon('error', new ThemeColor('testing.iconFailed'));
    case 'paused':
      return new ThemeIcon('debug-pause');
    case 'interrupted':
      return new ThemeIcon('debug-disconnect');
  }
}

function hostItem(crawlId: string, { host, counts }: HostRecord): TreeItem {
  const item = new TreeItem(host || l10n.t('(no host)'), TreeItemCollapsibleState.Collapsed);
  item.id = `${crawlId}/${host}`;
  item.description = countsText(counts);
  item.iconPath = new ThemeIcon('globe');
  return item;
}

function pageItem(page: PageRecord): TreeItem {
  const { outcome } = page;
  const item = new TreeItem(pageTitle(page) ?? pathOf(page.url));
  item.id = `${page.crawlId}/${page.host}/${page.index}`;
  item.tooltip = page.url;
  item.contextValue = 'page';
  switch (outcome.kind) {
    case 'outstanding':
      item.iconPath = new ThemeIcon('circle-outline');
      break;
    case 'succeeded':
      item.description =
        outcome.status === unchangedStatus
          ? l10n.t('unchanged, {0} ms', outcome.processingMs)
          : `${outcome.processingMs} ms`;
      item.iconPath = new ThemeIcon('file', new ThemeColor('testing.iconPassed'));
      break;
    case 'failed':
      item.contextValue = 'page.failed';
      item.description = outcome.errorType;
      item.tooltip = `${page.url}\n${outcome.message}`;
      item.iconPath = new ThemeIcon('error', new ThemeColor('testing.iconFailed'));
      break;
    case 'skipped':
      item.description = outcome.rule ?? outcome.reason;
      item.tooltip = `${page.url}\n${outcome.reason}`;
      item.iconPath = new ThemeIcon('debug-step-over');
      break;
  }
  item.command = {
    command: 'riptide.openPage' satisfies CommandId,
    title: l10n.t('Open Page'),
    arguments: [page],
  };
  return item;
}

function moreItem(crawlId: string, count: number): TreeItem {
  const item = new TreeItem(l10n.t('{0} more: open the results', count));
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = {
    command: 'riptide.openResults' satisfies CommandId,
    title: l10n.t('Open Results'),
    arguments: [crawlId],
  };
  return item;
}

function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.pathname}${parsed.search}` : url;
}
